import { expect, test } from 'vitest'
import { t } from '../texts/texts.ts'
import { importOutcome, importProblem, type ImportProgress } from './send_import.ts'

test('a file that cannot be read is refused with the reason', () => {
  const detail = [{ type: 'import_unreadable', loc: ['body'], msg: 'This file cannot be read: it is not valid JSON' }]
  expect(importProblem({ detail, code: 'import_unreadable' }, 422)).toBe(
    'This file cannot be read: it is not valid JSON.',
  )
})

test('other refusals are sentences of the app where it has one', () => {
  expect(importProblem({ detail: 'Overloaded', code: 'overloaded' }, 503)).toBe(t.account.errors.overloaded)
  expect(importProblem({ detail: 'Forbidden', code: 'scope_insufficient' }, 403)).toBe('Forbidden.')
  expect(importProblem(undefined, 413)).toBe(t.account.data.tooLarge)
  expect(importProblem(null, 502)).toBe('Something went wrong.')
})

/** A response of events that comes in pieces of three bytes. */
function eventsOf(...events: readonly (readonly [event: string, data: unknown])[]): Response {
  const text = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join('')
  const bytes = new TextEncoder().encode(`retry: 1000\n\n:\n\n${text}`)
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 3) controller.enqueue(bytes.slice(at, at + 3))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

test('an import tells how many tasks are written, and then its report', async () => {
  const told: ImportProgress[] = []
  const report = { created: 2, skipped: 0, rows: [] }
  const response = eventsOf(
    ['progress', { written: 1, total: 2 }],
    ['progress', { written: 2, total: 2 }],
    ['result', report],
  )
  expect(await importOutcome(response, (progress) => told.push(progress))).toEqual({ status: 200, body: report })
  expect(told).toEqual([
    { written: 1, total: 2 },
    { written: 2, total: 2 },
  ])
})

test('a failure in the middle of an import is told, and a lost connection is no report', async () => {
  const body = { detail: 'Overloaded', code: 'overloaded' }
  const failed = await importOutcome(eventsOf(['progress', { written: 1, total: 2 }], ['error', body]), () => {})
  expect(importProblem(failed.body, failed.status)).toBe(t.account.errors.overloaded)
  await expect(importOutcome(eventsOf(['progress', { written: 1, total: 2 }]), () => {})).rejects.toThrow('lost')
})

test('a refusal before the first event is read as JSON', async () => {
  const body = { detail: 'Too large', code: 'payload_too_large' }
  expect(await importOutcome(Response.json(body, { status: 413 }), () => {})).toEqual({ status: 413, body })
})
