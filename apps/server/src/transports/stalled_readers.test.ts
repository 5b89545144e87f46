import type { Socket } from 'node:net'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let url: string
let user: string
/** Of each response, after how long without progress it is cut off. */
const limits: { ms: number; cutOff: (() => void) | undefined; socket: Socket }[] = []
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  user = newUser()
  server.app.server.on('connection', (socket: Socket) => {
    const setTimeout = socket.setTimeout.bind(socket)
    socket.setTimeout = (ms, cutOff) => {
      limits.push({ ms, cutOff, socket })
      return setTimeout(ms, cutOff)
    }
  })
  const titles = Array.from({ length: 450 }, (_, n) => `Task ${n}`)
  const body = `title\n${titles.join('\n')}`
  const imported = await fetch(`${url}/api/${user}/import?source=csv`, {
    method: 'POST',
    headers: { authorization: await bearer(), 'content-type': 'text/csv' },
    body,
  })
  expect(await imported.json()).toMatchObject({ created: 450 })
})
afterAll(() => server.close())

const bearer = async () => `Bearer ${await signedToken({ sub: user })}`

test.each([
  ['the whole list', () => tasksOf(user)],
  ['an export of many parts', () => `/api/${user}/export?format=json`],
  ['a calendar', async () => String((await server.as(user)('POST', `/api/${user}/feeds`)).json.url)],
])('a client that reads nothing of %s for a minute is cut off', async (_, path) => {
  const address = new URL(await path(), url)
  limits.splice(0)
  const response = await fetch(address, { headers: { authorization: await bearer() } })
  expect(response.status).toBe(200)
  await response.text()
  const limit = limits.find(({ ms }) => ms === 60_000)
  expect(limit?.socket.destroyed).toBe(false)
  limit?.socket.emit('timeout')
  expect(limit?.socket.destroyed).toBe(true)
})
