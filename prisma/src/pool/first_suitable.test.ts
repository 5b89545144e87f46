import { expect, test } from 'vitest'
import { firstSuitable } from './first_suitable.ts'

const LATER_MS = 600_000

test('the next candidate is asked when one has failed, and none after one that is suitable', async () => {
  const asked: string[] = []
  const ask = async (name: string) => {
    asked.push(name)
    if (name !== 'c') throw new Error(`not ${name}`)
  }
  const over = new AbortController()
  const found = await firstSuitable(['a', 'b', 'c', 'd'], ask, { nextMs: LATER_MS, signal: over.signal })
  over.abort()
  expect(found).toBe('c')
  await new Promise(setImmediate)
  expect(asked).toEqual(['a', 'b', 'c'])
})

test('while a candidate does not answer the next one is asked, and one that answers later may still be it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ask = async (name: string) => {
    if (name === 'slow') return promise
    resolve()
    throw new Error('not this one')
  }
  const { signal } = new AbortController()
  expect(await firstSuitable(['slow', 'next'], ask, { nextMs: 1, signal })).toBe('slow')
})

test('the errors of all are in the order of the candidates', async () => {
  const ask = async (name: string) => Promise.reject(new Error(`not ${name}`))
  const over = new AbortController()
  const found = firstSuitable(['a', 'b'], ask, { nextMs: LATER_MS, signal: over.signal })
  await expect(found).rejects.toMatchObject({ errors: [{ message: 'not a' }, { message: 'not b' }] })
  over.abort()
})

test('each candidate is asked a while after the one before it that does not answer', async () => {
  const asked: { name: string; at: number }[] = []
  const start = performance.now()
  const ask = async (name: string) => {
    asked.push({ name, at: performance.now() - start })
    return name === 'c' ? undefined : new Promise<void>(() => {})
  }
  const over = new AbortController()
  expect(await firstSuitable(['a', 'b', 'c'], ask, { nextMs: 20, signal: over.signal })).toBe('c')
  over.abort()
  expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(asked[1]?.at).toBeGreaterThanOrEqual(19)
  expect(asked[2]?.at).toBeGreaterThanOrEqual(39)
})

test('when the turns are over nobody is asked any more, and the search fails', async () => {
  const asked: string[] = []
  const over = new AbortController()
  const ask = (name: string) => {
    asked.push(name)
    return new Promise<void>((_, reject) => over.signal.addEventListener('abort', () => reject(new Error('over'))))
  }
  const found = expect(firstSuitable(['a', 'b'], ask, { nextMs: LATER_MS, signal: over.signal })).rejects
  const failed = found.toMatchObject({ errors: [{ message: 'over' }, { name: 'AbortError' }] })
  await expect.poll(() => asked).toEqual(['a'])
  over.abort()
  await failed
  expect(asked).toEqual(['a'])
})
