import { beforeEach, expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import type { FiredReminder } from '@taskwire/client'
import { createMessages, type ToastOptions } from '../messages.ts'
import { notifyReminder } from './notify_reminder.ts'
import { pushChoice, storePushChoice } from './push_choice.ts'

const reminder: FiredReminder = {
  task_id: 7,
  user_id: 'ada',
  title: 'Call',
  due_date: '2026-03-02',
  due_time: '17:00',
  due_zone: null,
  due_at: null,
  remind_at: '2026-03-02T15:50:00.000Z',
  late: false,
}

let shown: [string, object][]
let toasts: ToastOptions[]
let page: { visibilityState: string }
beforeEach(() => {
  openPage()
  shown = []
  toasts = []
  page = { visibilityState: 'hidden' }
  const registration = { showNotification: async (title: string, options: object) => void shown.push([title, options]) }
  Object.assign(navigator, { serviceWorker: { getRegistration: async () => registration } })
  Object.assign(globalThis, { document: page, Notification: { permission: 'granted' } })
})

async function notified(fired = reminder) {
  await notifyReminder(
    fired,
    createMessages({ add: (toast) => String(toasts.push(toast)), close: () => {} }, () => {}),
  )
  return { shown: shown.length, toasts: toasts.length }
}

test('where nobody looks at the page the system tells of it, once for all tabs, and leads to the task', async () => {
  expect(await notified()).toEqual({ shown: 1, toasts: 0 })
  expect(shown).toEqual([
    [
      'Call',
      {
        body: expect.stringMatching(/17:00|5:00/),
        tag: 'reminder:7:2026-03-02T15:50:00.000Z',
        data: { url: '/#/all/task/7' },
        icon: '/icons/icon-192.png',
      },
    ],
  ])
})

test('a user who hides the titles of reminders finds neither the title nor the time in the notification', async () => {
  storePushChoice({ user_id: 'ada', shows_title: false })
  await notified()
  expect(JSON.stringify(shown)).not.toMatch(/Call|17:00|5:00/)
  expect(shown[0]?.[0]).toBe('Taskwire')
})

test("another user's choice hides nothing of this one's reminders", async () => {
  storePushChoice({ user_id: 'bob', shows_title: false })
  await notified()
  expect(shown[0]?.[0]).toBe('Call')
})

test('a reminder of a day names no time', async () => {
  await notified({ ...reminder, due_time: null })
  expect(JSON.stringify(shown[0]?.[1])).not.toMatch(/17:00|5:00/)
})

test('on a page that is looked at the page tells of it', async () => {
  page.visibilityState = 'visible'
  expect(await notified()).toEqual({ shown: 0, toasts: 1 })
})

test.each([
  [
    'the user has not allowed notifications',
    () => Object.assign(globalThis, { Notification: { permission: 'default' } }),
  ],
  ['the browser has none', () => Reflect.deleteProperty(globalThis, 'Notification')],
  ['there is no service worker', () => Reflect.deleteProperty(navigator, 'serviceWorker')],
  [
    'it is not registered',
    () => Object.assign(navigator, { serviceWorker: { getRegistration: async () => undefined } }),
  ],
  [
    'the browser refuses it',
    () => Object.assign(navigator, { serviceWorker: { getRegistration: () => Promise.reject(new Error('no')) } }),
  ],
])('the page tells of it where %s', async (_, prepare) => {
  prepare()
  expect(await notified()).toEqual({ shown: 0, toasts: 1 })
})

test('the choice of a browser is read with care', () => {
  localStorage.setItem('taskwire.push', '{"user_id":"ada"}')
  expect(pushChoice('ada')).toEqual({ user_id: 'ada', shows_title: true })
  localStorage.setItem('taskwire.push', '{"user_id":"ada","shows_title":false}')
  expect(pushChoice('ada')).toEqual({ user_id: 'ada', shows_title: false })
  expect(pushChoice('bob')).toBeNull()
  for (const stored of ['null', '7', '{}', '{"user_id":7}']) {
    localStorage.setItem('taskwire.push', stored)
    expect(pushChoice('ada')).toBeNull()
  }
})
