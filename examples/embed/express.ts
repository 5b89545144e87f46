import { createExpressMiddleware } from '@trpc/server/adapters/express'
import express from 'express'
import type { AddressInfo } from 'node:net'
import { close, contextOf } from './context.ts'
import { router } from './router.ts'

const app = express()
app.use('/trpc', createExpressMiddleware({ router, createContext: ({ req }) => contextOf(req.headers.authorization) }))
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`http://127.0.0.1:${port}`)
})
process.once('SIGTERM', () => server.close(() => void close()))
