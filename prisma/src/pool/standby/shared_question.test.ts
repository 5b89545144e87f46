import { expect, test } from 'vitest'
import { sharedQuestion } from './shared_question.ts'

/** A question that is answered by hand, with the number of times that it was asked. */
function questions() {
  const answers: ((error?: Error) => void)[] = []
  const ask = sharedQuestion(
    () =>
      new Promise<number>((resolve, reject) => {
        const turn = answers.length + 1
        answers.push((error) => (error === undefined ? resolve(turn) : reject(error)))
      }),
  )
  return { ask, answers }
}

test('who asks in the same turn of the event loop shares one answer', async () => {
  const { ask, answers } = questions()
  const both = Promise.all([ask(), ask()])
  await expect.poll(() => answers.length).toBe(1)
  answers[0]?.()
  expect(await both).toEqual([1, 1])
  expect(answers).toHaveLength(1)
})

test('who asks while an answer is awaited gets the next one', async () => {
  const { ask, answers } = questions()
  const first = ask()
  await expect.poll(() => answers.length).toBe(1)
  const later = Promise.all([ask(), ask()])
  answers[0]?.()
  expect(await first).toBe(1)
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.()
  expect(await later).toEqual([2, 2])
})

test('a question that fails does so for those who share it, and for nobody after them', async () => {
  const { ask, answers } = questions()
  const failed = ask().catch(String)
  await expect.poll(() => answers.length).toBe(1)
  const next = ask()
  answers[0]?.(new Error('no answer'))
  expect(await failed).toBe('Error: no answer')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.()
  expect(await next).toBe(2)
})
