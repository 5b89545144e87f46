import { expect, test } from 'vitest'
import { currentCaller, iterateForCaller, runForCaller, runForNoCaller } from './caller.ts'

const ann = { user_id: 'ann' }

/** Three values, and for whom each was read and the last was released. */
function threeValues() {
  const seen: string[] = []
  const note = (what: string) => seen.push(`${what} for ${currentCaller()?.user_id ?? 'nobody'}`)
  async function* values() {
    try {
      for (const value of [1, 2, 3]) {
        note(`read ${value}`)
        yield value
      }
    } finally {
      note('released')
    }
  }
  return { seen, values: iterateForCaller(ann, values()) }
}

test('values are read and released for the caller, whoever asks for them', async () => {
  const { seen, values } = threeValues()
  const read: number[] = []
  await runForCaller({ user_id: 'bob' }, async () => {
    for await (const value of values) read.push(value)
  })
  expect(read).toEqual([1, 2, 3])
  expect(seen).toEqual(['read 1 for ann', 'read 2 for ann', 'read 3 for ann', 'released for ann'])
})

test('values that are not read to their end are released for the caller', async () => {
  const { seen, values } = threeValues()
  for await (const value of values) if (value === 2) break
  expect(seen).toEqual(['read 1 for ann', 'read 2 for ann', 'released for ann'])
})

test('values whose reading fails are not released a second time, and the error arrives', async () => {
  let returned = 0
  const failing: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error('lost')),
      return: async () => {
        returned++
        return { done: true, value: undefined }
      },
    }),
  }
  await expect(iterateForCaller(ann, failing).next()).rejects.toThrow('lost')
  expect(returned).toBe(0)
})

test('work for nobody has no caller, whoever caused it', async () => {
  expect(runForCaller(ann, () => runForNoCaller(currentCaller))).toBeUndefined()
  expect(await runForCaller(ann, async () => (await Promise.resolve(), currentCaller()))).toBe(ann)
  expect(currentCaller()).toBeUndefined()
})
