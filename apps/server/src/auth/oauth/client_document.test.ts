import { expect, test } from 'vitest'
import { withSharedMethod } from './client_document.ts'

const URL = 'https://client.example/oauth/client.json'
const fetched = (body: string, init?: ResponseInit) =>
  withSharedMethod(async () => new Response(body, { headers: { 'content-length': `${body.length}` }, ...init }))(URL)

const signed = { client_id: URL, token_endpoint_auth_method: 'private_key_jwt' }

test('a client that can do without credentials is read as one that does', async () => {
  const document = { ...signed, token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'] }
  const response = await fetched(JSON.stringify(document))
  expect(await response.json()).toEqual({ ...document, token_endpoint_auth_method: 'none' })
  expect(response.headers.has('content-length')).toBe(false)
})

test.each([
  [
    'a client that has to sign',
    JSON.stringify({ ...signed, token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
  ],
  ['a client that names one method', JSON.stringify(signed, null, 2)],
  ['a list that is none', JSON.stringify({ ...signed, token_endpoint_auth_methods_supported: 'none' })],
  ['a set of keys', JSON.stringify({ keys: [] })],
  ['what is no object', 'null'],
  ['what is no JSON', '<!doctype html>'],
])('%s is left as it is', async (_name, body) => {
  expect(await (await fetched(body)).text()).toBe(body)
})

test('what is no document is passed on, and a document of 65 KB is not read', async () => {
  expect((await fetched('gone', { status: 404 })).status).toBe(404)
  await expect(fetched(`"${'x'.repeat(65 * 1024)}"`)).rejects.toThrow('too large')
})

test('a document that arrives in pieces is not read beyond its limit', async () => {
  let read = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++read > 100) controller.close()
      else controller.enqueue(new Uint8Array(16 * 1024))
    },
  })
  await expect(withSharedMethod(async () => new Response(body))(URL)).rejects.toThrow('too large')
  expect(read).toBeLessThan(10)
})
