import type { Args } from './transports.ts'

/** The rows of one user, by the names of the fields that name them in inputs. */
export interface Rows {
  /** Its last change is `seq`. */
  readonly task_id: number
  readonly conversation_id: number
  readonly seq: number
  readonly webhook_id: number
  readonly feed_id: number
  readonly delivery_id: number
}

/** The task has a reminder then. */
export const REMIND_AT = '2029-12-31T08:00'

/** An input of each operation that is accepted from the owner of these rows. */
export const samples: Readonly<Record<string, (rows: Rows) => Args>> = {
  'task.list': () => ({ status: 'all', search: 'milk', sort: 'title', order: 'asc', limit: 5 }),
  'task.counts': () => ({ zone: 'Asia/Kathmandu' }),
  'task.batch': ({ task_id }) => ({
    operations: [
      { do: 'create', title: 'Bread', ref: 'bread' },
      { do: 'complete', ref: 'bread' },
      { do: 'update', task_id, title: 'Butter' },
    ],
    // Of the tool.
    task_ids: [task_id],
    do: 'complete',
  }),
  'task.get': ({ task_id }) => ({ task_id }),
  'task.history': ({ task_id }) => ({ task_id, limit: 5 }),
  'task.create': () => ({ title: 'Bread', description: 'Rye' }),
  'task.quick_add': () => ({ text: 'Bread tomorrow 5pm #shop !1', zone: 'UTC' }),
  'task.update': ({ task_id }) => ({ task_id, title: 'Bread' }),
  'task.toggle': ({ task_id }) => ({ task_id }),
  'task.complete': ({ task_id }) => ({ task_id }),
  'task.reopen': ({ task_id }) => ({ task_id }),
  'task.check': ({ task_id }) => ({ task_id, item_id: 'rye', done: true }),
  'task.skip': ({ task_id }) => ({ task_id }),
  'task.move': ({ task_id }) => ({ task_id, to: 'first' }),
  'task.delete': ({ task_id }) => ({ task_id }),
  'task.empty_trash': () => ({ deleted_until: '2026-01-01T00:00:00.000Z' }),
  'change.list': ({ conversation_id }) => ({ since: 0, limit: 5, conversation_id }),
  'change.undo': ({ seq }) => ({ seq }),
  'change.subscribe': () => ({ since: 0 }),
  'chat.send': ({ conversation_id }) => ({ conversation_id, message: 'Hello' }),
  'chat.stream': ({ conversation_id }) => ({ conversation_id, message: 'Hello' }),
  'conversation.list': () => ({ limit: 5 }),
  'conversation.messages': ({ conversation_id }) => ({ conversation_id, limit: 5 }),
  'conversation.delete': ({ conversation_id }) => ({ conversation_id }),
  'feed.list': () => ({}),
  'feed.create': () => ({}),
  'feed.delete': ({ feed_id }) => ({ feed_id }),
  'transfer.export': () => ({ format: 'json' }),
  'transfer.import': () => ({ source: 'csv', file: 'title\nBread\n', dry_run: false }),
  'viewer.get': () => ({}),
  'viewer.settings': () => ({}),
  'viewer.update': () => ({ remind_time: '10:00' }),
  'webhook.list': () => ({}),
  'webhook.get': ({ webhook_id }) => ({ webhook_id }),
  'webhook.create': () => ({ url: 'https://example.com/hook', events: ['change'], description: 'Bread' }),
  'webhook.update': ({ webhook_id }) => ({ webhook_id, enabled: false }),
  'webhook.delete': ({ webhook_id }) => ({ webhook_id }),
  'webhook.test': ({ webhook_id }) => ({ webhook_id }),
  'webhook.rotate': ({ webhook_id }) => ({ webhook_id }),
  'webhook.deliveries': ({ webhook_id }) => ({ webhook_id, limit: 5 }),
  'webhook.redeliver': ({ webhook_id, delivery_id }) => ({ webhook_id, delivery_id }),
  'reminder.list': () => ({ state: 'upcoming', limit: 5 }),
  'reminder.update': ({ task_id }) => ({ task_id, remind_at: `${REMIND_AT}:00.000Z`, snooze: 'PT10M' }),
}

/** What an operation answers to ids of rows that its caller does not have. */
export const NOT_FOUND: Readonly<Record<keyof Rows, string>> = {
  task_id: 'task_not_found',
  conversation_id: 'conversation_not_found',
  seq: 'change_not_found',
  webhook_id: 'webhook_not_found',
  feed_id: 'not_found',
  delivery_id: 'item_not_found',
}

/** Where an id is only a part of what names a row, what is not found is that row. */
export const NAMES_WITH_OTHERS: Readonly<Record<string, string>> = { 'reminder.update task_id': 'item_not_found' }

/** Where an id only narrows a list down, a foreign one finds nothing. */
export const FILTERS: ReadonlySet<string> = new Set(['change.list conversation_id'])

/** Fields that look like a row's id, and name none of another user's. */
export const NO_ROW: ReadonlySet<string> = new Set(['user_id', 'lastEventId', 'item_id', 'series_id', 'task_ids'])
