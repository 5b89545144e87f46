import { expect, test } from 'vitest'
import { isFromWorker, isToWorker } from './messages.ts'

const TO_WORKER = ['connection', 'stopping', 'pause', 'drain', 'ask', 'counted']
const FROM_WORKER = ['serving', 'answer', 'count']

test.each(TO_WORKER)('%s is a message of the primary, and of no worker', (type) => {
  expect(isToWorker({ type })).toBe(true)
  expect(isFromWorker({ type })).toBe(false)
})

test.each(FROM_WORKER)('%s is a message of a worker, and not of the primary', (type) => {
  expect(isFromWorker({ type })).toBe(true)
  expect(isToWorker({ type })).toBe(false)
})

test.each([undefined, null, 'drain', {}, { type: 'other' }])('%j is neither', (message) => {
  expect([isToWorker(message), isFromWorker(message)]).toEqual([false, false])
})
