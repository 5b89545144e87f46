import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { sendError } from './error_response.ts'
import { guideServer } from './guide.ts'

/** A guide of one page, and how often it was opened and asked for a file. */
function guide() {
  const state = { opened: 0, asked: 0, cannotBeOpened: false }
  const serve = guideServer(async () => {
    state.opened++
    if (state.cannotBeOpened) throw new Error('the docs cannot be read')
    const file = async (path: string) => {
      state.asked++
      const page = { type: 'text/plain', content: Buffer.from(`page ${path}`), isImmutable: path === 'asset' }
      return path === 'unknown' ? undefined : page
    }
    return { file }
  })
  const app = fastify()
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  app.get('/*', (request, reply) => serve(request.url.slice(1), request, reply))
  return { state, get: (path: string, headers = {}) => app.inject({ url: `/${path}`, headers }) }
}

test('a guide is opened by its first request, and each of its pages is made once', async () => {
  const { state, get } = guide()
  expect(state.opened).toBe(0)
  const answers = await Promise.all([get('a'), get('a'), get('b')])
  expect(answers.map(({ body }) => body)).toEqual(['page a', 'page a', 'page b'])
  await get('a')
  expect(state).toMatchObject({ opened: 1, asked: 2 })
})

test('a page that does not exist is not remembered: there is no end of them', async () => {
  const { state, get } = guide()
  for (let count = 0; count < 3; count++) expect((await get('unknown')).statusCode).toBe(404)
  expect(state).toMatchObject({ opened: 1, asked: 3 })
})

test('a guide that could not be opened is opened again by the next request', async () => {
  const { state, get } = guide()
  state.cannotBeOpened = true
  expect((await get('a')).statusCode).toBe(500)
  state.cannotBeOpened = false
  expect((await get('a')).body).toBe('page a')
  expect(state.opened).toBe(2)
})

test('pages with other contents have other tags, and a browser that has one is sent nothing', async () => {
  const { get } = guide()
  const [one, other] = [(await get('a')).headers['etag'], (await get('b')).headers['etag']]
  expect(one).not.toBe(other)
  const again = await get('a', { 'if-none-match': String(one) })
  expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', one])
  expect((await get('a', { 'if-none-match': String(other) })).statusCode).toBe(200)
})

test('only files whose name changes with them are kept', async () => {
  const { get } = guide()
  expect((await get('asset')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await get('a')).headers['cache-control']).toBe('no-cache')
})
