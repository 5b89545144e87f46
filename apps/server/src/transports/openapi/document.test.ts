import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { appRouter, operations, apiErrors } from '@taskwire/api'
import { newUser, signedToken } from '@taskwire/api/testing'
import { z } from 'zod'
import { generateApi } from 'swagger-typescript-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openApiDocument } from './document.ts'
import { tasksOf, testServer, type TestServer } from '../../../testing/server.ts'

const document = openApiDocument(operations(appRouter))
const text = `${JSON.stringify(document, null, 2)}\n`

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('docs/openapi.json matches the operations (vitest -u writes it)', async () => {
  await expect(text).toMatchFileSnapshot('../../../../../docs/openapi.json')
})

test('the server serves the document without a token', async () => {
  expect(await server.send('GET', '/openapi.json')).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    json: JSON.parse(text),
  })
})

// Its recommended rules compare every example with its schema, too.
test('an independent linter finds no problem in the document', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
})

test('every operation has a description and a tag that the document declares', () => {
  const declared = new Set(document.tags.map(({ name }) => name))
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      expect(operation, `${method} ${path}`).toMatchObject({ summary: /./, description: /\w{3}/, tags: [/./] })
      expect(operation, `${method} ${path}`).toSatisfy(({ tags }) => tags.every((tag: string) => declared.has(tag)))
    }
  }
})

test('the document has exactly the routes of the REST API', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routes = operations(appRouter).flatMap(
    ({ rest }) => rest?.methods.map((method) => `${method} ${rest.path}`) ?? [],
  )
  const others = described.filter((route) => !routes.includes(route))
  expect(routes.filter((route) => !described.includes(route))).toEqual([])
  expect(others.filter((route) => !/^\w+ (\/api\/auth\/|\/auth\/me$|\/feeds\/|\/health)/.test(route))).toEqual([])
})

test('the document has every error code, with its retry advice and its subject', () => {
  const codes = Object.keys(apiErrors)
  expect(document.components.schemas['Code']).toMatchObject({ enum: codes })
  expect(Object.keys(document['x-taskwire-errors'])).toEqual(codes)
  expect(document['x-taskwire-errors']).toMatchObject({
    token_expired: { status: 401, retry: 'never', about: 'token' },
    validation_failed: { status: 422, retry: 'never', about: 'input' },
    version_mismatch: { status: 412, retry: 'never', about: 'state' },
    in_progress: { status: 409, retry: 'safe', about: 'state' },
    rate_limited: { status: 429, retry: 'later', about: 'server' },
    database_unavailable: { status: 503, retry: 'safe', about: 'server' },
  })
})

describe('examples', () => {
  const bodies = mediaOf(document).filter(({ path }) => /requestBody|responses\/2/.test(path))

  test('every JSON body and every successful answer has one', () => {
    expect(bodies.length).toBeGreaterThan(40)
    expect(bodies.filter(({ example }) => example === undefined).map(({ path }) => path)).toEqual([])
  })

  test('the server accepts each body', async () => {
    const user = newUser()
    const send = server.as(user)
    const { json: task } = await send('POST', tasksOf(user), {
      body: { title: 'a', checklist: [{ id: 'milk', text: 'Milk' }] },
    })
    await send('POST', tasksOf(user), {
      body: { title: 'another', recurrence: { rule: 'FREQ=DAILY' }, due_date: '2026-12-01' },
    })
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!path.startsWith('/api/{user_id}')) continue
      for (const [method, operation] of Object.entries(methods)) {
        const { requestBody } = withBody.parse(operation)
        const body = requestBody?.content['application/json']?.example
        if (body === undefined) continue
        const at = path
          .replace('{user_id}', user)
          .replace('{task_id}', task.id)
          .replace('{item_id}', 'milk')
          .replace('{remind_at}', '2026-12-01T08:00:00.000Z')
          .replace(/\{\w+\}/, '1')
        const answer = await send(method.toUpperCase(), at, { body })
        // What an example names (a task, a webhook) need not be there, but its form is right.
        expect(answer.status === 422 ? answer.json : {}, `${method} ${path}`).toEqual({})
      }
    }
  })
})

interface Media {
  readonly path: string
  readonly example?: unknown
}

/** Every `application/json` in the document. */
function mediaOf(node: unknown, path = ''): Media[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) =>
    name === 'application/json' ? [{ path, ...jsonMedia.parse(value) }] : mediaOf(value, `${path}/${name}`),
  )
}

const jsonMedia = z.object({ example: z.unknown().optional() })
const withBody = z.looseObject({
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.object({ example: z.unknown().optional() })) })
    .optional(),
})

describe('the document describes the responses of the server', () => {
  test.each([
    ['GET', '/api/{user_id}/tasks', {}, [200]],
    ['GET', '/api/{user_id}/tasks?limit=0', {}, [422]],
    ['POST', '/api/{user_id}/tasks', { body: { title: 'x' } }, [201]],
    ['POST', '/api/{user_id}/tasks', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, [415]],
    ['GET', '/api/{user_id}/tasks/{task_id}', {}, [404]],
    ['PUT', '/api/{user_id}/tasks/{task_id}', { body: {} }, [404]],
    ['DELETE', '/api/{user_id}/tasks/{task_id}', {}, [404]],
    ['PATCH', '/api/{user_id}/tasks/{task_id}/complete', {}, [404]],
    ['GET', '/api/{user_id}/changes?since=9', {}, [410]],
    ['POST', '/api/{user_id}/changes/{seq}/undo', {}, [404]],
  ] as const)('%s %s', async (method, route, sent, [status]) => {
    const user = newUser()
    const path = route.replace('{user_id}', user).replace(/\{\w+\}/, '77')
    expect(await server.as(user)(method, path, sent)).toMatchObject({ status })
    const methods = document.paths[route.replace(/\?.*/, '')]?.[method.toLowerCase()]
    expect(methods).toHaveProperty(['responses', String(status)])
  })
})

describe('a client from an independent generator', () => {
  const here = fileURLToPath(new URL('.', import.meta.url))
  let directory: string
  beforeAll(async () => {
    const cache = join(here, '..', 'node_modules', '.cache')
    await mkdir(cache, { recursive: true })
    directory = await mkdtemp(join(cache, 'generated-client-'))
    await writeFile(join(directory, 'openapi.json'), text)
    await generateApi({
      input: join(directory, 'openapi.json'),
      output: directory,
      fileName: 'client.ts',
      httpClientType: 'fetch',
      silent: true,
      unwrapResponseData: true,
    })
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  test('compiles, with the types of tasks', async () => {
    await writeFile(
      join(directory, 'use.ts'),
      `import { Api, type Task } from './client.ts'
       const { api } = new Api({ baseUrl: 'http://localhost' })
       const task: Task = await api.taskCreate('alice', { title: 'x' })
       export const version: number = task.version
       export const description: string | null = (await api.taskGet('alice', task.id)).description
       // @ts-expect-error a title is required
       await api.taskCreate('alice', {})
       // @ts-expect-error there is no such field
       await api.taskUpdate('alice', 1, { priority: 1 })`,
    )
    const options = { extends: fileURLToPath(new URL('../../../../../tsconfig.base.json', import.meta.url)) }
    const compilerOptions = {
      noUnusedLocals: false,
      noUnusedParameters: false,
      erasableSyntaxOnly: false,
      lib: ['es2024', 'dom'],
    }
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ ...options, compilerOptions, include: ['*.ts'] }),
    )
    const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc')
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', directory]).catch((error) => error)
    expect(stdout).toBe('')
  })

  test('creates, lists, gets, updates, toggles and deletes a task', async () => {
    const { Api } = await import(pathToFileURL(join(directory, 'client.ts')).href)
    const user = newUser()
    const headers = { authorization: `Bearer ${await signedToken({ sub: user })}` }
    const { api } = new Api({ baseUrl: await server.listen(), baseApiParams: { headers } })
    const created = await api.taskCreate(user, { title: 'made by a generator' })
    expect(created).toMatchObject({ title: 'made by a generator', version: 1 })
    expect(await api.taskList(user, { completed: false, limit: 5 })).toEqual([created])
    expect(await api.taskGet(user, created.id)).toEqual(created)
    expect(await api.taskUpdate(user, created.id, { description: 'd' })).toMatchObject({ description: 'd' })
    expect(await api.taskToggle(user, created.id)).toMatchObject({ completed: true, version: 3 })
    await api.taskDelete(user, created.id)
    expect(await server.as(user)('GET', tasksOf(user, created.id))).toMatchObject({ status: 404 })
    await expect(api.taskGet(user, created.id)).rejects.toMatchObject({ error: { code: 'task_not_found' } })
  })
})
