import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { installed, output, packed, root, temporaryFolder } from '@taskwire/outside'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The package and its samples as others have them: installed by npm from the tarball, outside the workspace.

const { path: folder, remove } = await temporaryFolder()
const started: ChildProcess[] = []
beforeAll(async () => {
  const tarball = await packed('api', folder)
  await installed(folder, [
    tarball,
    'fastify@5',
    'express@5',
    '@types/express@5',
    'hono@4',
    '@hono/node-server@1',
    '@trpc/client@11.25.2',
    'vitest@5',
    'typescript@7.0',
    '@types/node@24',
  ])
  cpSync(join(root, 'examples/embed'), folder, { recursive: true })
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
    skipLibCheck: true,
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.ts', 'readme'] }),
  )
  mkdirSync(join(folder, 'readme'))
  const blocks = [...readFileSync(join(root, 'packages/api/README.md'), 'utf8').matchAll(/```ts\n([^]*?)```/g)]
  for (const [index, [, block = '']] of blocks.entries()) {
    writeFileSync(join(folder, 'readme', block.includes('vitest') ? 'kit.test.ts' : `block-${index}.ts`), block)
  }
}, 900_000)
afterAll(async () => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL')
  await remove()
})

test("the samples and the README's code compile, strictly", async () => {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc')
  expect(await output(process.execPath, [tsc, '-p', folder], { cwd: folder })).toBe('')
})

test("the README's test runs in a project of its own", async () => {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const told = await output(process.execPath, [vitest, 'run', 'readme'], {
    cwd: folder,
    env: { TEST_DATABASE_URL: '' },
  })
  expect(told).toContain('1 passed')
})

test.each(['fastify', 'express', 'hono'])('%s serves the merged router, with its own authentication', async (name) => {
  const env = { ...process.env, PORT: '0', DATA_DIR: join(folder, '.data') }
  const child = spawn(process.execPath, [`${name}.ts`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [url] = await once(createInterface(child.stdout), 'line')
  const script = `
    import { createTRPCClient, httpBatchLink } from '@trpc/client'
    const as = (token) => createTRPCClient({
      links: [httpBatchLink({ url: process.argv[1] + '/trpc', headers: token ? { authorization: 'Bearer ' + token } : {} })],
    })
    const ann = as('session-of-ann')
    const made = await ann.tasks.task.create.mutate({ title: 'made in ' + process.argv[2] })
    const refused = await as('somebody').tasks.task.get.query({ task_id: made.id }).catch(({ data }) => data)
    const missing = await ann.tasks.task.get.query({ task_id: 2000000000 }).catch(({ data }) => data)
    console.log(JSON.stringify([await ann.hello.query(), made.title, refused.reason, missing.reason]))`
  const told = await output(process.execPath, ['--input-type=module', '-e', script, String(url), name], {
    cwd: folder,
  })
  expect(JSON.parse(told)).toEqual(['hello', `made in ${name}`, 'not_authenticated', 'task_not_found'])
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
})
