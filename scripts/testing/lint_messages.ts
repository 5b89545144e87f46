import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** What a rule of ours says of a test file, which may import `./steps.ts`. */
export function lintMessages(rule: string, text: string, name = 'one.test.ts'): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-lint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = {
    jsPlugins: [join(root, 'scripts/lint_tests.mjs')],
    categories: { correctness: 'off' },
    rules: { [`taskwire/${rule}`]: 'warn' },
  }
  writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'steps.ts'), 'export const isShown = (page) => expect(page).toBe(1)\n')
  writeFileSync(join(folder, name), text)
  const args = ['--config', join(folder, '.oxlintrc.json'), '--format', 'json', join(folder, name)]
  const output = execFileSync(join(root, 'node_modules/.bin/oxlint'), args, { encoding: 'utf8' })
  const { diagnostics }: { diagnostics: { message: string }[] } = JSON.parse(output)
  return diagnostics.map(({ message }) => message)
}
