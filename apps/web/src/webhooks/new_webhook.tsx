import type { RouterInputs } from '@taskwire/client'
import { AccountForm } from '../account/account_form.tsx'
import { Field } from '../design/field.tsx'
import { useCheckedForm } from '../session/checked_form.ts'
import { t } from '../texts/texts.ts'

interface NewWebhookProps {
  /** Resolves to null, or to why it was refused. */
  readonly onCreate: (webhook: RouterInputs['webhook']['create']) => Promise<string | null>
}

const MAX_DESCRIPTION = 200

export function NewWebhook({ onCreate }: NewWebhookProps) {
  const { webhooks } = t.account
  const checks = { url: urlProblem, description: () => null }
  const form = useCheckedForm(checks, async ({ url = '', description = '' }, element) => {
    const chosen = new FormData(element)
    const events = (['change', 'reminder'] as const).filter((event) => chosen.has(event))
    if (events.length === 0) return webhooks.eventsProblem
    const about = description.trim()
    return onCreate({ url: url.trim(), events, ...(about !== '' && { description: about }) })
  })
  return (
    <AccountForm form={form} submit={webhooks.create}>
      <Field
        label={webhooks.url}
        name="url"
        type="url"
        inputMode="url"
        autoComplete="off"
        required
        problem={form.problems['url']}
      />
      <Field label={webhooks.description} name="description" maxLength={MAX_DESCRIPTION} autoComplete="off" />
      <fieldset className="key-scope">
        <legend>{webhooks.events}</legend>
        <label className="choice">
          <input type="checkbox" className="box box-square" name="change" defaultChecked />
          <span>{webhooks.change}</span>
        </label>
        <label className="choice">
          <input type="checkbox" className="box box-square" name="reminder" defaultChecked />
          <span>{webhooks.reminder}</span>
        </label>
      </fieldset>
    </AccountForm>
  )
}

function urlProblem(text: string): string | null {
  const url = text.trim()
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? null : t.account.webhooks.urlProblem
}
