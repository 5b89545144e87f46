import { newUser, signedToken } from '@taskwire/api/testing'
import { installed, output, packed, root, temporaryFolder } from '@taskwire/outside'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../testing/server.ts'

// The package beside the versions of tRPC that its peer range promises, installed by npm from the registry.

const here = join(import.meta.dirname, '..')
const { path: folder, remove } = await temporaryFolder()
let server: TestServer
let tarball: string
beforeAll(async () => {
  server = await testServer()
  tarball = await packed('client', folder)
})
afterAll(async () => {
  await server.close()
  await remove()
})

/** A folder outside the workspace with these packages, the type tests and the sample. */
async function project(name: string, packages: readonly string[]): Promise<string> {
  const directory = join(folder, name)
  mkdirSync(directory)
  await installed(directory, [tarball, ...packages])
  for (const file of ['tsconfig.json', 'types.ts']) cpSync(join(here, 'outside', file), join(directory, file))
  cpSync(join(root, 'docs/sample.ts'), join(directory, 'sample.ts'))
  return directory
}

function compiled(directory: string, ...options: string[]): Promise<string> {
  return output(process.execPath, ['node_modules/typescript/bin/tsc', ...options], { cwd: directory })
}

async function ran(directory: string, script: string): Promise<unknown> {
  const env = { URL: server.url, TOKEN: await signedToken({ sub: newUser() }) }
  const file = join(directory, 'run.mjs')
  writeFileSync(file, script)
  const told = await output(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd: directory, env })
  expect(told).toMatch(/^[[{]/)
  return JSON.parse(told)
}

const SHOPPING = `
  import { shopping } from './sample.ts'
  const { URL: url, TOKEN: token } = process.env
  console.log(JSON.stringify(await shopping({ url, token }, ['milk', 'bread'])))`

test.each([
  // Some versions of tRPC need the types of Node and of ws for their own declarations.
  ['11.0.0', '5.9', ['--skipLibCheck', 'false']],
  ['11.4.0', '5.7.3', ['--skipLibCheck']],
  ['11.10.0', '5.8', ['--skipLibCheck']],
  ['11.16.0', '6.0', ['--skipLibCheck']],
  ['11.22.1', '7.0', ['--skipLibCheck']],
  ['11.25.2', '7.0', ['--skipLibCheck', 'false']],
] as const)(
  'with tRPC %s and TypeScript %s the sample compiles and runs',
  async (trpc, typescript, options) => {
    const directory = await project(`trpc-${trpc}`, [
      `@trpc/client@${trpc}`,
      `@trpc/server@${trpc}`,
      `typescript@${typescript}`,
    ])
    expect(await compiled(directory, ...options)).toBe('')
    expect(await ran(directory, SHOPPING)).toEqual(['bread'])
  },
  900_000,
)

test('beside @trpc/tanstack-react-query queries, infinite queries and mutations are typed and work', async () => {
  const directory = await project('tanstack', [
    '@trpc/client',
    '@trpc/server',
    '@trpc/tanstack-react-query',
    '@tanstack/react-query@5',
    'react@19',
    '@types/react@19',
    'typescript@7.0',
  ])
  for (const file of readdirSync(join(here, 'outside/tanstack'))) {
    cpSync(join(here, 'outside/tanstack', file), join(directory, file))
  }
  expect(await compiled(directory, '--skipLibCheck')).toBe('')
  const walked = await ran(
    directory,
    `import { walk } from './queries.ts'
     console.log(JSON.stringify(await walk(process.env.URL, process.env.TOKEN)))`,
  )
  expect(walked).toEqual({ titles: ['c', 'b', 'a'], refused: 'task_not_found' })
}, 900_000)
