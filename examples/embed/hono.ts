import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { close } from './context.ts'
import { handler } from './next.ts'

const app = new Hono()
app.all('/trpc/*', (c) => handler(c.req.raw))
const port = Number(process.env['PORT'] ?? 3000)
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (address) => {
  console.log(`http://127.0.0.1:${address.port}`)
})
process.once('SIGTERM', () => server.close(() => void close()))
