import { changeRouter } from './log/router.ts'
import { chatRouter, conversationRouter } from './chat/router.ts'
import { reminderRouter } from './reminder/router.ts'
import { feedRouter } from './feed/router.ts'
import { taskRouter } from './task/router.ts'
import { transferRouter } from './transfer/router.ts'
import { viewerRouter } from './viewer/router.ts'
import { webhookRouter } from './webhook/router.ts'
import { createCallerFactory, router } from './core/trpc.ts'

/** Everything that the system does. The `.meta()` of a procedure says how each transport presents it. */
export const appRouter = router({
  task: taskRouter,
  change: changeRouter,
  chat: chatRouter,
  conversation: conversationRouter,
  feed: feedRouter,
  transfer: transferRouter,
  viewer: viewerRouter,
  webhook: webhookRouter,
  reminder: reminderRouter,
})
export type AppRouter = typeof appRouter

/** Calls procedures directly: for tests, and for programs that embed the system. */
export const createCaller = createCallerFactory(appRouter)
