import { z } from 'zod'
import { protectedProcedure, router } from '../core/trpc.ts'
import { createFeed, deleteFeed, feedsOf } from './feed.ts'
import { feedInput, feedOutput, feedWithUrlOutput } from './schema.ts'

const path = '/api/{user_id}/feeds'

export const feedRouter = router({
  list: protectedProcedure
    .meta({ summary: 'List your calendar feeds', rest: { methods: ['GET'], path, status: 200 } })
    .input(z.strictObject({}))
    .output(z.array(feedOutput))
    .query(({ ctx }) => feedsOf(ctx)),

  create: protectedProcedure
    .meta({
      summary: 'Create a calendar feed: a secret address at which calendars read your dated tasks',
      rest: { methods: ['POST'], path, status: 201, input: 'none' },
    })
    .input(z.strictObject({}))
    .output(feedWithUrlOutput)
    .mutation(({ ctx }) => createFeed(ctx)),

  delete: protectedProcedure
    .meta({
      summary: 'Delete a calendar feed, whose address is then unknown',
      errors: ['not_found'],
      rest: { methods: ['DELETE'], path: `${path}/{feed_id}`, status: 204 },
    })
    .input(feedInput)
    .output(feedOutput)
    .mutation(({ ctx, input }) => deleteFeed(ctx, input.feed_id)),
})
