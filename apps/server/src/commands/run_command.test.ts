import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { DatabaseStartupError } from '@taskwire/db/migrate'
import { expect, test } from 'vitest'
import { ConfigurationError } from '../config/env.ts'
import { CommandError, errorLines } from './run_command.ts'

/** How a process ends that runs this command and gets these signals, one after each line that it writes. */
async function run(command: string, signals: readonly NodeJS.Signals[] = []) {
  const program = `import { runCommand } from '${import.meta.resolve('./run_command.ts')}'
    await runCommand(${command})`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const left = [...signals]
  child.stdout.on('data', () => {
    const signal = left.shift()
    if (signal !== undefined) child.kill(signal)
  })
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { code, stderr }
}

test('the exit code is what the command returns', async () => {
  expect(await run('async () => 3')).toEqual({ code: 3, stderr: '' })
})

test('a failure is one line and exit code 1', async () => {
  expect(await run("async () => { throw new Error('no such file') }")).toEqual({ code: 1, stderr: 'no such file\n' })
})

const WAITS = `async (signal) => {
  setInterval(() => {}, 60_000)
  console.log('waits')
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))))
}`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops a command, which then ends with %d and says that nothing was changed', async (signal, code) => {
  expect(await run(WAITS, [signal])).toEqual({ code, stderr: 'stopped; nothing was changed\n' })
})

test('a second signal ends a command that cannot be interrupted', async () => {
  const stubborn = `async (signal) => {
    setInterval(() => {}, 60_000)
    signal.addEventListener('abort', () => console.log('goes on'))
    console.log('waits')
    await new Promise(() => {})
  }`
  expect(await run(stubborn, ['SIGINT', 'SIGTERM'])).toEqual({ code: 143, stderr: '' })
})

test('an error is told in one line, a bad configuration in one for each problem', () => {
  expect(errorLines(new ConfigurationError(['PORT must', 'HOST must']))).toEqual(['PORT must', 'HOST must'])
  expect(errorLines(new DatabaseStartupError('unreachable', 'no\ndatabase'))).toEqual(['no\ndatabase'])
  expect(errorLines(new CommandError('give --force'))).toEqual(['give --force'])
  expect(errorLines(new Error(' two\n   lines '))).toEqual(['two lines'])
  expect(errorLines('text')).toEqual(['text'])
  // As Node reports that a host has several addresses and none answers.
  expect(errorLines(new AggregateError([new Error('first'), new Error('second')]))).toEqual(['first', 'second'])
})
