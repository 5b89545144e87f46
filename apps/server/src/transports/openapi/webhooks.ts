import { changeOutput, type Operation } from '@taskwire/api'
import { exampleOf, type Components } from './example.ts'
import { reference, type Schema } from './schemas.ts'

/** What webhooks receive, by event type: one for each kind of change, if the API has webhooks. */
export function webhooksOf(operations: readonly Operation[], components: Components): Record<string, unknown> {
  if (!operations.some(({ name }) => name === 'webhook.create')) return {}
  const changes = changeOutput.shape.kind.options.map((kind): Event => ({
    type: `task.${kind}`,
    data: reference('Change'),
  }))
  const events = [...changes, { type: 'reminder.due', data: reminder }, { type: 'test', data: { type: 'object' } }]
  return Object.fromEntries(events.map((event) => [event.type, { post: delivery(event, components) }]))
}

interface Event {
  readonly type: string
  readonly data: Schema
}

function delivery({ type, data }: Event, components: Components) {
  const schema = {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: { type: { const: type }, timestamp: { type: 'string', format: 'date-time' }, data },
  }
  return {
    operationId: `on_${type.replace('.', '_')}`,
    tags: ['webhook'],
    summary: `Receive ${type}`,
    description:
      'Signed by the rules of Standard Webhooks. Repeats have the same `webhook-id`. Any 2xx accepts it, 410 disables the webhook, and anything else is tried again.',
    security: [],
    parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
      name,
      in: 'header',
      required: true,
      schema: { type: 'string' },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema, example: exampleOf(schema, components) } },
    },
    responses: { 204: { description: 'Received' }, 410: { description: 'Send nothing more: disables the webhook' } },
  }
}

const nullableText = { type: ['string', 'null'] }
const reminder: Schema = {
  type: 'object',
  required: ['task_id', 'user_id', 'title', 'remind_at', 'late'],
  properties: {
    task_id: { type: 'integer' },
    user_id: { type: 'string' },
    title: { type: 'string' },
    due_date: nullableText,
    due_time: nullableText,
    due_zone: nullableText,
    due_at: nullableText,
    remind_at: { type: 'string', format: 'date-time' },
    late: { type: 'boolean', description: 'More than a minute after its time' },
  },
}
