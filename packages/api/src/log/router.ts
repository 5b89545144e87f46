import { tracked } from '@trpc/server'
import { z } from 'zod'
import { protectedProcedure, router, type UserContext } from '../core/trpc.ts'
import { changesPage } from './log.ts'
import {
  changeOutput,
  changesInput,
  changesOutput,
  subscribeInput,
  undoInput,
  undoneOutput,
  type Change,
} from './schema.ts'
import { undo } from './tool.ts'
import { undoChange } from './undo.ts'
import { withReminders } from './with_reminders.ts'

export const changeRouter = router({
  list: protectedProcedure
    .meta({
      summary: 'List your changes after a seq, oldest first',
      errors: ['changes_expired'],
      rest: { methods: ['GET'], path: '/api/{user_id}/changes', status: 200 },
    })
    .input(changesInput)
    .output(changesOutput)
    .query(({ ctx, input }) => changesPage(ctx, input)),

  undo: protectedProcedure
    .meta({
      summary: 'Undo a change by a new one, or several consecutive ones with `through`',
      errors: ['change_not_found', 'undo_conflict'],
      rest: { methods: ['POST'], path: '/api/{user_id}/changes/{seq}/undo', status: 200 },
      tool: undo,
    })
    .input(undoInput)
    .output(z.union([changeOutput, undoneOutput]))
    .mutation(({ ctx, input, path }) => undoChange(ctx, path, input)),

  subscribe: protectedProcedure
    .meta({
      summary: 'Stream your changes live',
      errors: ['changes_expired'],
      rest: { methods: ['GET'], path: '/api/{user_id}/events', status: 200, answer: 'events' },
    })
    .input(subscribeInput)
    .subscription(({ ctx, input, signal }) => subscribe(ctx, input, signal)),
})

/** Over REST every stream has the reminders: its events have names, by which clients choose. */
async function subscribe(ctx: UserContext, input: z.infer<typeof subscribeInput>, signal: AbortSignal | undefined) {
  const { feed, reminders } = ctx.services
  const since = input.lastEventId === undefined ? input.since : Number(input.lastEventId)
  if (reminders === undefined || !(input.reminders ?? ctx.via === 'rest')) {
    return numbered(await feed.subscribe(ctx.principal, since, signal))
  }
  const left = new AbortController()
  const ended = AbortSignal.any([left.signal, ...(signal === undefined ? [] : [signal])])
  const changes = numbered(await feed.subscribe(ctx.principal, since, ended))
  return withReminders(changes, { feed: reminders, user_id: ctx.user_id, ended, abort: () => left.abort() })
}

/** tRPC sends these numbers back as `lastEventId` when a client reconnects. */
async function* numbered(changes: AsyncIterable<Change>) {
  for await (const change of changes) yield tracked(String(change.seq), change)
}
