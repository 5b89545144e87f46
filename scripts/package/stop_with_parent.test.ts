import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const flag = ['--import', join(import.meta.dirname, 'stop_with_parent.mjs')]

test('a server below a shell is asked to stop once the shell has ended, and says how it ended', async () => {
  const server = `process.on('SIGTERM', () => { console.log('stopped'); process.exit() })
    console.log(process.pid); setInterval(() => {}, 1000)`
  const start = `const { spawn } = require('node:child_process')
    spawn(process.execPath, ${JSON.stringify([...flag, '--eval', server])}, { stdio: 'inherit' })`
  const shell = spawn(process.execPath, ['--eval', start], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await expect.poll(() => output).toMatch(/\n$/)
  const pid = Number(output)
  onTestFinished(() => {
    if (!output.includes('stopped')) process.kill(pid, 'SIGKILL')
  })
  const ended = once(shell.stdout, 'close')
  shell.kill('SIGKILL')
  await ended
  expect(output).toBe(`${pid}\nstopped\n`)
})

test('watching its parent keeps no program from ending', async () => {
  const child = spawn(process.execPath, [...flag, '--eval', ''], { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([0, null])
})
