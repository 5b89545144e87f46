import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('packages.mjs', import.meta.url))

test('a package that is not there is named, with those that are, and nothing is packed', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'client', 'toString'], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr.trim()).toBe('taskwire: there is no package "toString": name some of api, client, react, mcp, offline')
})
