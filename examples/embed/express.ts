import { createExpressMiddleware } from '@trpc/server/adapters/express'
import express from 'express'
import type { AddressInfo } from 'node:net'
import { close, contextOf, services } from './context.ts'
import { router } from './router.ts'

const app = express()
app.use('/trpc', createExpressMiddleware({ router, createContext: ({ req }) => contextOf(req.headers.authorization) }))
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', (error) => {
  // Express 5 calls this for a port that is taken, too. Without an error Node gives undefined, and Bun null.
  if (error) throw error
  const { port } = server.address() as AddressInfo
  console.log(`http://127.0.0.1:${port}`)
})

function stop() {
  // The server waits for open streams of changes, which end with the feed.
  services.feed.close()
  server.close(() => void close())
}
process.once('SIGTERM', stop).once('SIGINT', stop)
