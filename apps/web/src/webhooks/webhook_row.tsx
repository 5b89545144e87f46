import type { RouterOutputs } from '@taskwire/client'
import { useState } from 'react'
import { Button } from '../design/button.tsx'
import { ConfirmButton } from '../design/confirm_button.tsx'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { Deliveries } from './deliveries.tsx'

export type Webhook = RouterOutputs['webhook']['list'][number]

interface WebhookRowProps {
  readonly webhook: Webhook
  /** Does something with webhooks, says why if it failed, and lists them anew. */
  readonly attempt: (action: () => Promise<unknown>) => Promise<string | null>
  readonly onSecret: (secret: string) => void
}

/** A webhook, what it does and what it did. */
export function WebhookRow({ webhook, attempt, onSecret }: WebhookRowProps) {
  const { client, notify } = useWorkspace()
  const [isOpen, setIsOpen] = useState(false)
  const { id: webhook_id, url, description, enabled } = webhook
  const { webhooks } = t.account
  const say = (text: string) => (failed: string | null) => failed === null && notify(text)

  return (
    <li className="webhook">
      <strong className="webhook-url">{url}</strong>
      {description !== null && <span dir="auto">{description}</span>}
      <span className="quiet">
        {stateOf(webhook)} · {webhook.events.map((event) => webhooks[event]).join(', ')}
      </span>
      <div className="webhook-actions">
        <Button
          onClick={() => void attempt(() => client.webhook.test.mutate({ webhook_id })).then(say(webhooks.testSent))}
        >
          {webhooks.test}
        </Button>
        <Button onClick={() => void attempt(() => client.webhook.update.mutate({ webhook_id, enabled: !enabled }))}>
          {enabled ? webhooks.disable : webhooks.enable}
        </Button>
        <Button aria-expanded={isOpen} aria-label={webhooks.deliveriesOf(url)} onClick={() => setIsOpen(!isOpen)}>
          {webhooks.deliveries}
        </Button>
        <ConfirmButton
          text={webhooks.rotate}
          label={webhooks.rotateOf(url)}
          onConfirm={() =>
            void attempt(async () => onSecret((await client.webhook.rotate.mutate({ webhook_id })).secret))
          }
        />
        <ConfirmButton
          text={webhooks.remove}
          label={webhooks.removeOf(url)}
          onConfirm={() => void attempt(() => client.webhook.delete.mutate({ webhook_id })).then(say(webhooks.removed))}
        />
      </div>
      {isOpen && <Deliveries webhook_id={webhook_id} />}
    </li>
  )
}

function stateOf({ enabled, disabled_reason }: Webhook): string {
  const { active, disabled, gone, failing } = t.account.webhooks
  if (enabled) return active
  if (disabled_reason === null) return disabled
  return disabled_reason === 'gone' ? gone : failing
}
