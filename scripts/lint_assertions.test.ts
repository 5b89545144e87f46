import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** What the rule says of a test file. */
function messagesOf(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-lint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = {
    jsPlugins: [join(root, 'scripts/lint_tests.mjs')],
    categories: { correctness: 'off' },
    rules: { 'taskwire/asserts-something': 'warn' },
  }
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'steps.ts'), 'export const isShown = (page) => expect(page).toBe(1)\n')
  writeFileSync(join(folder, 'one.test.ts'), text)
  const args = ['--config', join(folder, '.oxlintrc.json'), '--format', 'json', join(folder, 'one.test.ts')]
  const output = execFileSync(join(root, 'node_modules/.bin/oxlint'), args, { encoding: 'utf8' })
  const { diagnostics }: { diagnostics: { message: string }[] } = JSON.parse(output)
  return diagnostics.map(({ message }) => message)
}

test('a test without an assertion is reported, also one of a table', () => {
  const text = `test('a', () => { run() })
    test.each([1])('b', async (n) => { await run(n) })
    function run() {}`
  expect(messagesOf(text)).toEqual(['This test asserts nothing.', 'This test asserts nothing.'])
})

test('an assertion counts in the test itself, in a function that it calls, and in one that is imported', () => {
  const text = `import { isShown } from './steps.ts'
    test('a', async () => { await expect.poll(() => 1).toBe(1) })
    test('b', () => first())
    test('c', () => isShown(1))
    test('d', async () => { await page.locator('x').waitFor() })
    const first = () => second()
    function second() { expect(1).toBe(1) }`
  expect(messagesOf(text)).toEqual([])
})
