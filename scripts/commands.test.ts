import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands, helpText, operators } from './commands.mjs'

const root = join(import.meta.dirname, '..')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

test('every command is an npm script, and every npm script that runs one names an existing command', () => {
  const viaRun = Object.entries(scripts).flatMap(([name, line]) => {
    const command = /^exec (?:node scripts\/run\.mjs|sh scripts\/run\.sh) (\S+)$/.exec(line)?.[1]
    return command === undefined ? [] : [[name, command]]
  })
  expect(viaRun.map(([name]) => name).toSorted()).toEqual(
    Object.keys(commands)
      .filter((name) => name !== 'pnpm')
      .toSorted(),
  )
  for (const [name, command] of viaRun) expect(command).toBe(name)
})

test('every command has its program', () => {
  const missing = Object.values(commands).flatMap(({ run: [file = ''] }) =>
    file.startsWith('.tools/') || existsSync(join(root, file)) ? [] : [file],
  )
  expect(missing).toEqual([])
})

test('every command for operators is run from the bundle of the server, which is built before', () => {
  const unbuilt = Object.keys(operators).filter((name) => {
    const command: { builds?: unknown } = Reflect.get(commands, name)
    return !Array.isArray(command.builds) || !command.builds.includes('@taskwire/server')
  })
  expect(unbuilt).toEqual([])
})

test('help lists the commands for operators in lines that fit a terminal', () => {
  const text = execFileSync(process.execPath, [join(root, 'scripts/run.mjs'), '--help'], { encoding: 'utf8' })
  expect(text).toBe(helpText())
  for (const name of ['start', 'token', 'db:import', 'backup', 'restore']) expect(text).toContain(`\n  ${name}`)
  expect(text.split('\n').filter((line) => line.length > 110)).toEqual([])
})

test('an unknown command is one line and exit code 1', () => {
  const run = () => execFileSync(process.execPath, [join(root, 'scripts/run.mjs'), 'backupp'], { stdio: 'pipe' })
  expect(run).toThrow('taskwire: unknown command "backupp": taskwire --help lists the commands')
})
