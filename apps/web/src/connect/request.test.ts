import { expect, test } from 'vitest'
import { connectRequestOf } from './request.ts'

function requestWith(query: Record<string, string>) {
  return connectRequestOf({ hash: '#/connect', search: `?${new URLSearchParams(query).toString()}` })
}

test.each([
  ['https://app.example/callback', 'app.example'],
  ['https://app.example:8443/callback', 'app.example:8443'],
  ['http://127.0.0.1:4000/callback', 'an app on this computer'],
  ['http://[::1]:4000/callback', 'an app on this computer'],
  // What looks like a host here belongs to whichever app has taken the protocol.
  ['tasks-app://bank.example/callback', 'the app that opens tasks-app:// links'],
  ['http://app.example/callback', 'the app that opens http:// links'],
  ['not a URL', 'an unknown address'],
  ['', 'an unknown address'],
])('the consent page names where the answer goes: %s', (redirect_uri, destination) => {
  expect(requestWith({ client_id: 'one', redirect_uri })).toMatchObject({ destination })
})

test('the page is that of an app only at its own address, and says what is wrong with a request', () => {
  expect(connectRequestOf({ hash: '#/all', search: '?client_id=one' })).toBeUndefined()
  expect(requestWith({ client_id: 'one' })).not.toHaveProperty('error')
  expect(requestWith({})).toMatchObject({ error: 'invalid_request' })
  expect(requestWith({ client_id: 'one', error: 'access_denied' })).toMatchObject({ error: 'access_denied' })
})
