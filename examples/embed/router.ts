import { appRouter, publicError, type Context } from '@taskwire/api'
import { initTRPC } from '@trpc/server'

// Taskwire's procedures as a part of your own router. They keep their names below `tasks`, such as `tasks.task.create`.

const t = initTRPC.context<Context>().create({
  // So that callers of both parts get `data.reason` and never see an internal text.
  errorFormatter({ shape, error }) {
    const { message, reason, details } = publicError(error)
    return { ...shape, message, data: { ...shape.data, reason, ...details } }
  },
})

export const router = t.router({
  hello: t.procedure.query(() => 'hello'),
  tasks: appRouter,
})
export type Router = typeof router
