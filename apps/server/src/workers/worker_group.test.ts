import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../testing/replacing_program.ts', import.meta.url))
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'taskwire-workers-'))
})
afterAll(() => rm(directory, { recursive: true }))

test('a connection that finds no worker waits for one, also if the next one ends before it serves', async () => {
  const hangs = { timeout: 60_000, killSignal: 'SIGKILL' } as const
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, directory], hangs)
  expect(stdout).toBe('worker 3')
  const logged = stderr.split('\n').filter((line) => line.startsWith('worker'))
  expect(logged).toEqual([
    expect.stringMatching(/^worker 0 \(process \d+\) ended: exit code 1; starting another$/),
    expect.stringMatching(/^worker 0 \(process \d+\) ended: exit code 1; starting another$/),
    expect.stringMatching(/^worker 0 serves again \(process \d+\), \d+\.\d\d s after it was lost$/),
  ])
})
