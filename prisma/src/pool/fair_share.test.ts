import { expect, test } from 'vitest'
import { fairShare } from './fair_share.ts'

const options = { slots: 3, slotsPerUser: 2, queueLength: 10, queueMs: 600_000 }

/** Resolves after everything that can settle now has settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a user gets no more than a share, whoever else is there, and the rest waits', async () => {
  const share = fairShare(options)
  const running: string[] = []
  const start = (name: string) => share.acquire(name).then((release) => (running.push(name), release))
  const [first] = await Promise.all([start('ada'), start('ada')])
  const third = start('ada')
  await start('bob')
  await settled()
  expect(running).toEqual(['ada', 'ada', 'bob'])
  first()
  await third
  expect(running).toEqual(['ada', 'ada', 'bob', 'ada'])
})

test('those who wait take turns by user', async () => {
  const share = fairShare({ ...options, slots: 1, slotsPerUser: 1 })
  const order: string[] = []
  const release = await share.acquire('zoe')
  const waiting = ['ada', 'ada', 'ada', 'bob', 'cat'].map(async (name) => {
    const done = await share.acquire(name)
    order.push(name)
    done()
  })
  release()
  await Promise.all(waiting)
  expect(order).toEqual(['ada', 'bob', 'cat', 'ada', 'ada'])
})

test('a full queue refuses at once, a long wait in the end, and both make room again', async () => {
  const share = fairShare({ ...options, slotsPerUser: 1, queueLength: 1, queueMs: 50 })
  const release = await share.acquire('ada')
  const waiting = expect(share.acquire('ada')).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
  await expect(share.acquire('ada')).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
  await waiting
  release()
  release()
  const again = await share.acquire('ada')
  again()
})

test('a caller who leaves the queue gets no slot', async () => {
  const share = fairShare({ ...options, slots: 1 })
  const release = await share.acquire('ada')
  const leaving = new AbortController()
  const left = share.acquire('ada', leaving.signal)
  const next = share.acquire('ada')
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  await expect(share.acquire('ada', leaving.signal)).rejects.toThrow('gone')
  release()
  const last = await next
  last()
})

test('a caller who leaves once it has its slot takes nobody else out of the queue', async () => {
  const share = fairShare({ ...options, slots: 1 })
  const release = await share.acquire('ada')
  const leaving = new AbortController()
  const second = share.acquire('ada', leaving.signal)
  release()
  const done = await second
  const third = share.acquire('ada')
  leaving.abort()
  expect(share.queued()).toBe(1)
  done()
  const last = await third
  expect(share.queued()).toBe(0)
  last()
})

test('a slot that is given back twice is free once', async () => {
  const share = fairShare({ ...options, slots: 2 })
  const [first, second] = await Promise.all([share.acquire('ada'), share.acquire('bob')])
  first()
  first()
  const third = await share.acquire('cat')
  const fourth = share.acquire('dan')
  await settled()
  expect(share.queued()).toBe(1)
  second()
  const last = await fourth
  third()
  last()
})

test('nobody overtakes those of the same user who wait, and a queue has the length that it is told', async () => {
  const share = fairShare({ ...options, slots: 3, slotsPerUser: 1, queueLength: 2 })
  const release = await share.acquire('ada')
  const order: string[] = []
  const waiting = ['second', 'third'].map(async (name) => {
    const done = await share.acquire('ada')
    order.push(name)
    done()
  })
  expect(share.queued()).toBe(2)
  await expect(share.acquire('ada')).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
  const other = await share.acquire('bob')
  release()
  await Promise.all(waiting)
  expect(order).toEqual(['second', 'third'])
  other()
})
