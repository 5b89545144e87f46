import { useCallback, useEffect, useState } from 'react'
import { Sheet } from '../design/sheet.tsx'
import { errorText } from '../error_text.ts'
import { ShownOnce } from '../keys/shown_once.tsx'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { NewWebhook } from './new_webhook.tsx'
import { WebhookRow, type Webhook } from './webhook_row.tsx'

/** The webhooks of the user: create one, copy its secret once, try it, see what it sent, end it. */
export default function WebhooksPanel({ onClose }: { readonly onClose: () => void }) {
  const { client } = useWorkspace()
  const [webhooks, setWebhooks] = useState<readonly Webhook[]>()
  const [secret, setSecret] = useState<string>()
  const [problem, setProblem] = useState<string | null>(null)

  const attempt = useCallback(
    async (action: () => Promise<unknown>): Promise<string | null> => {
      const failed = await action()
        .then(() => client.webhook.list.query({}))
        .then(
          (listed) => {
            setWebhooks(listed)
            return null
          },
          (error: unknown) => errorText(error),
        )
      setProblem(failed)
      return failed
    },
    [client],
  )
  useEffect(() => void attempt(() => Promise.resolve()), [attempt])

  return (
    <Sheet title={t.account.webhooks.title} side="right" onClose={onClose}>
      <p className="quiet">{t.account.webhooks.intro}</p>
      {secret === undefined ? (
        <NewWebhook
          onCreate={(webhook) =>
            attempt(async () => {
              const created = await client.webhook.create.mutate(webhook)
              setSecret(created.secret)
            })
          }
        />
      ) : (
        <ShownOnce
          label={t.account.webhooks.secret}
          copyNow={t.account.webhooks.secretNow}
          notShownAgain={t.account.webhooks.secretText}
          value={secret}
          name="secret"
          onDone={() => setSecret(undefined)}
        />
      )}
      <h3 className="panel-heading">{t.account.webhooks.yours}</h3>
      <p className="problem" role="alert">
        {problem}
      </p>
      {webhooks?.length === 0 && <p className="quiet">{t.account.webhooks.none}</p>}
      <ul className="plain-list">
        {webhooks?.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} attempt={attempt} onSecret={setSecret} />
        ))}
      </ul>
    </Sheet>
  )
}
