import { z } from 'zod'
import { changeRouter } from './log/router.ts'
import { chatRouter, conversationRouter } from './chat/router.ts'
import { taskRouter } from './task/router.ts'
import { createCallerFactory, protectedProcedure, router } from './core/trpc.ts'

const viewerRouter = router({
  get: protectedProcedure
    .meta({ summary: 'Who you are', rest: { methods: ['GET'], path: '/auth/me', status: 200 } })
    .input(z.strictObject({}))
    .output(z.object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable() }))
    .query(async ({ ctx: { services, principal } }) => {
      const { user_id: id, email, name } = principal
      if (email !== null && name !== null) return { id, email, name }
      // Who signed up here is known even where the token does not say.
      const user = await services.db.user.findUnique({ where: { id }, select: { email: true, name: true } })
      return { id, email: email ?? user?.email ?? null, name: name ?? user?.name ?? null }
    }),
})

/** Everything that the system does. What a procedure's `.meta()` says is how each door shows it. */
export const appRouter = router({
  task: taskRouter,
  change: changeRouter,
  chat: chatRouter,
  conversation: conversationRouter,
  viewer: viewerRouter,
})
export type AppRouter = typeof appRouter

/** Calls procedures directly: for tests, and for those who embed the system. */
export const createCaller = createCallerFactory(appRouter)
