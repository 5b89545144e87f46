import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import { fastify } from 'fastify'
import { close, contextOf, services } from './context.ts'
import { router, type Router } from './router.ts'

const app = fastify({ routerOptions: { maxParamLength: 5000 } })
await app.register(fastifyTRPCPlugin, {
  prefix: '/trpc',
  trpcOptions: { router, createContext: ({ req }) => contextOf(req.headers.authorization) },
} satisfies FastifyTRPCPluginOptions<Router>)
// The server waits for open streams of changes, which end with the feed.
app.addHook('preClose', async () => services.feed.close())
app.addHook('onClose', close)
console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }))

function stop() {
  void app.close()
}
process.once('SIGTERM', stop).once('SIGINT', stop)
