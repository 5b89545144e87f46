import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anywhere, privately } from '../../testing/forbidden_urls.ts'
import { receiver, type Receiver } from '../../testing/receiver.ts'
import { hostOf } from './address.ts'
import { checkedLookup, FORBIDDEN } from './lookup.ts'
import { poster } from './post.ts'

const PUBLIC = '93.184.216.34'

let target: Receiver
beforeAll(async () => {
  target = await receiver()
})
afterAll(() => target.close())

/** The addresses that URLs hold, each once, as the URL parser writes them. */
function addressesOf(urls: readonly string[]): string[] {
  return [...new Set(urls.map((url) => hostOf(new URL(url)).replace(/\.$/, '')).filter((host) => isIP(host) !== 0))]
}

const forbidden = [...addressesOf(anywhere), ...addressesOf(privately)]

test('forty addresses or more are tried', () => {
  expect(forbidden.length).toBeGreaterThanOrEqual(40)
})

test.each(forbidden)(
  'a name that was allowed and resolves anew to %s is refused, alone or beside others',
  async (address) => {
    const answers = [[PUBLIC], [address], [PUBLIC, address], [PUBLIC]]
    const lookup = promisify(checkedLookup(false, async () => answers.shift() ?? []))
    const look = () => lookup('hooks.example.com', {})
    expect(await look()).toBe(PUBLIC)
    await expect(look()).rejects.toThrow(FORBIDDEN)
    await expect(look()).rejects.toThrow(FORBIDDEN)
    expect(await look()).toBe(PUBLIC)
  },
)

test('a name without an address is refused, and of several addresses all are told with their families', async () => {
  const answers = [[], [PUBLIC, '2606:2800:220:1::1'], [PUBLIC, '2606:2800:220:1::1']]
  const lookup = checkedLookup(false, async () => answers.shift() ?? [])
  const look = (options: { all?: boolean }) =>
    new Promise((resolve, reject) =>
      lookup('hooks.example.com', options, (error, ...found) => (error === null ? resolve(found) : reject(error))),
    )
  await expect(look({})).rejects.toThrow(FORBIDDEN)
  expect(await look({})).toEqual([PUBLIC, 4])
  expect(await look({ all: true })).toEqual([
    [
      { address: PUBLIC, family: 4 },
      { address: '2606:2800:220:1::1', family: 6 },
    ],
  ])
})

test.each(addressesOf(anywhere))('a receiver whose name resolves anew to %s gets nothing more', async (address) => {
  let answer = '127.0.0.1'
  const client = poster({ allowPrivate: true, resolve: async () => [answer] })
  target.answer = (response) => void response.writeHead(200, { connection: 'close' }).end()
  const { port } = new URL(target.url)
  const post = () =>
    client.post({ url: `http://localhost:${port}/`, headers: {}, body: '{}' }, new AbortController().signal)
  const before = target.received.length
  expect(await post()).toEqual({ status: 200 })
  answer = address
  expect(await post()).toEqual({ error: FORBIDDEN })
  expect(target.received.length).toBe(before + 1)
  client.close()
})
