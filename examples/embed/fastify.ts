import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import { fastify } from 'fastify'
import { close, contextOf } from './context.ts'
import { router, type Router } from './router.ts'

const app = fastify({ routerOptions: { maxParamLength: 5000 } })
await app.register(fastifyTRPCPlugin, {
  prefix: '/trpc',
  trpcOptions: { router, createContext: ({ req }) => contextOf(req.headers.authorization) },
} satisfies FastifyTRPCPluginOptions<Router>)
app.addHook('onClose', close)
console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }))
process.once('SIGTERM', () => void app.close())
