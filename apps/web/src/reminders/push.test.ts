import { beforeEach, expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import type { AuthCall } from '../session/auth_call.ts'
import { subscribeToPush, unsubscribeFromPush } from './push.ts'
import { forgetPush, pushChoice, pushSupport, renewPush, storePushChoice } from './push_choice.ts'

const KEY = 'BAECAwQ_-w'

/** The browser's subscription: the key it was made for, and its number. */
let subscription: { key: string; number: number } | null
let made: number
let asked: [string, object | undefined][]
/** What the server answers. */
let isRefused: boolean
let call: AuthCall

beforeEach(() => {
  openPage()
  subscription = null
  made = 0
  asked = []
  isRefused = false
  call = (async (path: string, body?: object) => {
    asked.push([path, body])
    return { data: path === '/push/key' ? { public_key: KEY } : null, error: isRefused ? { status: 400 } : null }
  }) as AuthCall
  const pushManager = {
    getSubscription: async () => shown(),
    async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
      if (subscription !== null && subscription.key !== applicationServerKey) throw new Error('InvalidStateError')
      subscription ??= { key: applicationServerKey, number: ++made }
      return shown()
    },
  }
  Object.assign(navigator, { serviceWorker: { getRegistration: async () => ({ pushManager }) } })
  Object.assign(globalThis, { PushManager: {}, Notification: { permission: 'granted' } })
})

function shown() {
  if (subscription === null) return null
  const endpoint = `https://push.example/${subscription.number}`
  const bytes = Buffer.from(subscription.key, 'base64url')
  return {
    endpoint,
    options: { applicationServerKey: new Uint8Array(bytes).buffer },
    toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: 'p', auth: 'a' } }),
    async unsubscribe() {
      subscription = null
      return true
    },
  }
}

const ada = { user_id: 'ada', shows_title: true }

test('a browser subscribes for the key of the server, tells the server, and remembers whose choice it is', async () => {
  await subscribeToPush(call, ada)
  expect(subscription?.key).toBe(KEY)
  const body = {
    endpoint: 'https://push.example/1',
    keys: { p256dh: 'p', auth: 'a' },
    language: 'en',
    shows_title: true,
  }
  expect(asked).toEqual([
    ['/push/key', undefined],
    ['/push/subscribe', body],
  ])
  expect(pushChoice('ada')).toEqual(ada)
})

test('a subscription for another key is replaced, and one for the same key is kept', async () => {
  subscription = { key: 'b3RoZXI', number: 7 }
  await subscribeToPush(call, ada)
  await subscribeToPush(call, { ...ada, shows_title: false })
  expect(subscription).toEqual({ key: KEY, number: 1 })
  expect(pushChoice('ada')).toEqual({ ...ada, shows_title: false })
})

test('what the server refuses is not remembered', async () => {
  isRefused = true
  await expect(subscribeToPush(call, ada)).rejects.toThrow('400')
  expect(pushChoice('ada')).toBeNull()
})

test('without a service worker it is refused', async () => {
  Object.assign(navigator, { serviceWorker: { getRegistration: async () => undefined } })
  await expect(subscribeToPush(call, ada)).rejects.toThrow('service worker')
  expect(pushChoice('ada')).toBeNull()
})

test('turning it off ends it in the browser and at the server', async () => {
  await subscribeToPush(call, ada)
  await unsubscribeFromPush(call)
  expect(asked.at(-1)).toEqual(['/push/unsubscribe', { endpoint: 'https://push.example/1' }])
  expect([subscription, pushChoice('ada')]).toEqual([null, null])
})

test('a start of the app renews the subscription of its user, and ends that of another one', async () => {
  await renewPush({ call }, 'ada')
  expect(asked).toEqual([])
  storePushChoice(ada)
  await renewPush({ call }, 'ada')
  expect(subscription).not.toBeNull()
  await renewPush({ call }, 'bob')
  expect([subscription, pushChoice('ada')]).toEqual([null, null])
})

test('a start does not subscribe where the browser no longer allows notifications', async () => {
  Object.assign(globalThis, { Notification: { permission: 'denied' } })
  storePushChoice(ada)
  await renewPush({ call }, 'ada')
  expect([asked, subscription]).toEqual([[], null])
})

test('a sign-out ends it in the browser', async () => {
  await subscribeToPush(call, ada)
  await forgetPush()
  expect([subscription, pushChoice('ada')]).toEqual([null, null])
})

test('a browser on an iPhone can once the app is installed, and others without pushes cannot', () => {
  expect(pushSupport()).toBe('here')
  Reflect.deleteProperty(globalThis, 'PushManager')
  expect(pushSupport()).toBe('missing')
  Object.assign(navigator, { standalone: false })
  expect(pushSupport()).toBe('installed')
})
