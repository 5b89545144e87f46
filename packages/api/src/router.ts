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
      // The accounts of this installation have both, even if the token has not.
      const user = await services.db.user.findUnique({ where: { id }, select: { email: true, name: true } })
      return { id, email: email ?? user?.email ?? null, name: name ?? user?.name ?? null }
    }),
})

/** Everything that the system does. The `.meta()` of a procedure says how each transport presents it. */
export const appRouter = router({
  task: taskRouter,
  change: changeRouter,
  chat: chatRouter,
  conversation: conversationRouter,
  viewer: viewerRouter,
})
export type AppRouter = typeof appRouter

/** Calls procedures directly: for tests, and for programs that embed the system. */
export const createCaller = createCallerFactory(appRouter)
