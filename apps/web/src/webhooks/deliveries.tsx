import type { RouterOutputs } from '@taskwire/client'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'

type Delivery = RouterOutputs['webhook']['deliveries']['items'][number]

/** What a webhook has sent, the latest first. What failed can be sent again. */
export function Deliveries({ webhook_id }: { readonly webhook_id: number }) {
  const { client } = useWorkspace()
  const [deliveries, setDeliveries] = useState<readonly Delivery[]>()
  const [problem, setProblem] = useState<string>()
  const { webhooks } = t.account

  const load = useCallback(async () => {
    try {
      const { items } = await client.webhook.deliveries.query({ webhook_id, limit: 20 })
      setDeliveries(items)
      setProblem(undefined)
    } catch (error) {
      setProblem(errorText(error))
    }
  }, [client, webhook_id])
  useEffect(() => void load(), [load])

  return (
    <div className="deliveries">
      <p className="problem" role="alert">
        {problem}
      </p>
      {deliveries?.length === 0 && <p className="quiet">{webhooks.noDeliveries}</p>}
      <ul className="plain-list">
        {deliveries?.map((delivery) => (
          <li key={delivery.id} className="key">
            <div className="key-text">
              <code>{delivery.type}</code>
              <span className="quiet">{outcomeOf(delivery)}</span>
            </div>
            {delivery.status === 'failed' && (
              <Button
                aria-label={webhooks.againOf(delivery.type)}
                onClick={() =>
                  void client.webhook.redeliver
                    .mutate({ webhook_id, delivery_id: delivery.id })
                    .then(load, (error: unknown) => setProblem(errorText(error)))
                }
              >
                {webhooks.again}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Button onClick={() => void load()}>{webhooks.refresh}</Button>
    </div>
  )
}

function outcomeOf({ status, attempts, response_status, error, next_attempt_at }: Delivery): string {
  const { webhooks } = t.account
  return [
    webhooks.statuses[status],
    ...(attempts === 0 ? [] : [webhooks.attempts(attempts)]),
    ...(response_status === null ? [] : [webhooks.answer(response_status)]),
    ...(error === null ? [] : [error]),
    ...(status === 'pending' && next_attempt_at !== null ? [webhooks.next(exactTime(next_attempt_at))] : []),
  ].join(' · ')
}
