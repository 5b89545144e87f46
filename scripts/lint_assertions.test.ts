import { expect, test } from 'vitest'
import { lintMessages } from './testing/lint_messages.ts'

test('a test without an assertion is reported, also one of a table', () => {
  const text = `test('a', () => { run() })
    test.each([1])('b', async (n) => { await run(n) })
    function run() {}`
  expect(lintMessages('asserts-something', text)).toEqual(['This test asserts nothing.', 'This test asserts nothing.'])
})

test('an assertion counts in the test itself, in a function that it calls, and in one that is imported', () => {
  const text = `import { isShown } from './steps.ts'
    test('a', async () => { await expect.poll(() => 1).toBe(1) })
    test('b', () => first())
    test('c', () => isShown(1))
    test('d', async () => { await page.locator('x').waitFor() })
    const first = () => second()
    function second() { expect(1).toBe(1) }`
  expect(lintMessages('asserts-something', text)).toEqual([])
})
