import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ruleset, Spectral } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { newUser, signedToken } from '@taskwire/api/testing'
import { installed, output, root, temporaryFolder } from '@taskwire/outside'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../../testing/server.ts'

const source = join(root, 'docs/openapi.json')
const { path: folder, remove } = await temporaryFolder()
let server: TestServer
let url: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  await installed(folder, [
    'openapi-typescript@7.13.0',
    'openapi-fetch@0.17.0',
    'orval@8.20.0',
    '@hey-api/openapi-ts@0.99.0',
    'typescript@5.9',
    'esbuild@0.25',
  ])
  cpSync(source, join(folder, 'openapi.json'))
}, 900_000)
afterAll(async () => {
  await server.close()
  await remove()
})

test('Spectral finds no problem by its recommended rules', async () => {
  const linter = new Spectral()
  linter.setRuleset(new Ruleset({ extends: [[oas, 'recommended']] }, { severity: 'recommended' }))
  const { default: document } = await import(source, { with: { type: 'json' } })
  const problems = await linter.run(document)
  expect(problems.map(({ code, message, path }) => [code, message, path.join('/')])).toEqual([])
})

const walks = {
  'openapi-typescript': {
    generate: ['openapi-typescript', 'openapi.json', '-o', 'openapi-typescript/schema.ts'],
    use: `
      import createClient from 'openapi-fetch'
      import type { paths } from './schema'
      const api = createClient<paths>({ baseUrl: URL, headers: { authorization: 'Bearer ' + TOKEN } })
      const path = { user_id: USER }
      const { data: made } = await api.POST('/api/{user_id}/tasks', { params: { path }, body: { title: 'made' } })
      const { data: list } = await api.GET('/api/{user_id}/tasks', { params: { path, query: { status: 'pending' } } })
      const { error } = await api.GET('/api/{user_id}/tasks/{task_id}', { params: { path: { ...path, task_id: 2000000000 } } })
      print([made?.title, list?.map(({ title }) => title), error?.code])`,
  },
  orval: {
    generate: ['orval', '--input', 'openapi.json', '--output', 'orval/client.ts', '--client', 'fetch'],
    use: `
      import { taskCreate, taskGet, taskList } from './client'
      const { fetch } = globalThis
      globalThis.fetch = (url, init) => fetch(URL + url, { ...init, headers: { ...init?.headers as object, authorization: 'Bearer ' + TOKEN } })
      const made = await taskCreate(USER, { title: 'made' })
      const list = await taskList(USER, { status: 'pending' })
      const missing = await taskGet(USER, 2000000000)
      print([
        made.status === 201 ? made.data.title : made,
        list.status === 200 ? list.data.map(({ title }) => title) : list,
        missing.status === 404 ? missing.data.code : missing,
      ])`,
  },
  'hey-api': {
    generate: ['openapi-ts', '-i', 'openapi.json', '-o', 'hey-api'],
    use: `
      import { client } from './client.gen'
      import { taskCreate, taskGet, taskList } from './sdk.gen'
      client.setConfig({ baseUrl: URL as 'http://localhost', auth: TOKEN })
      const path = { user_id: USER }
      const { data: made } = await taskCreate({ path, body: { title: 'made' } })
      const { data: list } = await taskList({ path, query: { status: 'pending' } })
      const { error } = await taskGet({ path: { ...path, task_id: 2000000000 } })
      print([made?.title, list?.map(({ title }) => title), error?.code])`,
  },
} as const

test.each(Object.entries(walks))(
  'a client by %s compiles and walks',
  async (name, { generate, use }) => {
    const directory = join(folder, name)
    mkdirSync(directory)
    const [command, ...args] = generate
    await output(process.execPath, [join(folder, 'node_modules/.bin', command), ...args], { cwd: folder })
    const user = newUser()
    const globals = { URL: url, TOKEN: await signedToken({ sub: user }), USER: user }
    const declared = Object.keys(globals).map((name) => `const ${name}: string = process.env.${name}!`)
    const program = `${use}
    declare const process: { env: Record<string, string | undefined> }
    ${declared.join('\n')}
    function print(value: unknown) { console.log(JSON.stringify(value)) }`
    const imports = use.match(/^ +import .*$/gm) ?? []
    const body = program.replace(/^ +import .*$/gm, '')
    const [rest = '', declarations = ''] = body.split(/(?=\n *declare const process)/)
    writeFileSync(join(directory, 'use.ts'), `${imports.join('\n')}\n${declarations}\n${rest}\nexport {}\n`)
    const tsc = join(folder, 'node_modules/typescript/bin/tsc')
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext']
    const lib = ['--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable']
    expect(await output(process.execPath, [tsc, ...options, ...lib, join(directory, 'use.ts')], { cwd: folder })).toBe(
      '',
    )
    const bundle = ['--bundle', '--format=esm', '--platform=node', '--outfile=run.mjs', 'use.ts', '--log-level=error']
    expect(await output(join(folder, 'node_modules/.bin/esbuild'), bundle, { cwd: directory })).toBe('')
    const told = await output(process.execPath, [join(directory, 'run.mjs')], { cwd: directory, env: globals })
    expect(JSON.parse(told)).toEqual(['made', ['made'], 'task_not_found'])
  },
  900_000,
)
