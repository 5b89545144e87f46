import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { close, services } from './context.ts'
import { handler } from './next.ts'

const app = new Hono()
app.all('/trpc/*', (c) => handler(c.req.raw))
const port = Number(process.env['PORT'] ?? 3000)
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (address) => {
  console.log(`http://127.0.0.1:${address.port}`)
})

function stop() {
  // The server waits for open streams of changes, which end with the feed.
  services.feed.close()
  server.close(() => void close())
}
process.once('SIGTERM', stop).once('SIGINT', stop)
