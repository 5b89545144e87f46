import type { ServerEvent } from '@modelcontextprotocol/server'
import type { Change, ChangeFeed, Principal } from '@taskwire/api'
import { expect, test } from 'vitest'
import { updateBus } from './update_bus.ts'

const principal: Principal = {
  user_id: 'ann',
  kind: 'api_key',
  scope: 'read',
  actor: null,
  email: null,
  name: null,
  expires_at: null,
}

function changeOf(task_id: number): Change {
  const origin = { via: 'rest', actor: null, conversation_id: null, undoes: null, part_of: null, batch: null } as const
  return { seq: task_id, task_id, kind: 'deleted', before: null, after: null, created_at: '', ...origin }
}

/** A feed whose changes the test sends one after the other, and waits until each was passed on. */
function sentByHand() {
  let next = Promise.withResolvers<Change | Error>()
  let asked = Promise.withResolvers<void>()
  async function* changes(): AsyncGenerator<Change, void> {
    for (;;) {
      asked.resolve()
      const sent = await next.promise
      next = Promise.withResolvers()
      if (sent instanceof Error) throw sent
      yield sent
    }
  }
  const feed: ChangeFeed = {
    subscriptions: () => 1,
    notify: () => {},
    subscribe: async () => changes(),
    close: () => {},
  }
  const send = async (sent: Change | Error) => {
    await asked.promise
    asked = Promise.withResolvers()
    next.resolve(sent)
    if (!(sent instanceof Error)) await asked.promise
  }
  return { feed, send }
}

const updateOf = (task_id: number): ServerEvent => ({
  kind: 'resource_updated',
  uri: `taskwire://tasks/${task_id}`,
})

test('listeners get the updates of the log until they leave, and the log may fail', async () => {
  const { feed, send } = sentByHand()
  const warnings: string[] = []
  const log = { warn: (_details: object, message: string) => void warnings.push(message), error: () => {} }
  const bus = await updateBus({ feed, log }, principal, new AbortController().signal)
  const [ann, bob]: [ServerEvent[], ServerEvent[]] = [[], []]
  const leave = bus.subscribe((event) => void ann.push(event))
  bus.subscribe((event) => void bob.push(event))
  await send(changeOf(1))
  leave()
  await send(changeOf(2))
  expect(ann).toEqual([updateOf(1)])
  expect(bob).toEqual([updateOf(1), updateOf(2)])
  await send(new Error('the database is away'))
  await bus.ended
  expect(warnings).toEqual(['a stream of MCP updates ended'])
})
