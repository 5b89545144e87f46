import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { newUser, testServices, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const days = fc.constantFrom('2026-12-01', '2026-12-02', '2026-12-03')
const write = fc.record(
  {
    due_date: fc.option(days),
    due_time: fc.option(fc.constantFrom('00:00', '17:30')),
    due_zone: fc.option(fc.constantFrom('UTC', 'Asia/Kathmandu')),
    start_date: fc.option(days),
    reminders: fc.constantFrom<string[]>([], ['P1D'], ['2026-12-01T08:00']),
  },
  { requiredKeys: [] },
)
type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never

interface Dates {
  readonly due_date: string | null
  readonly due_time: string | null
  readonly due_zone: string | null
  readonly start_date: string | null
  readonly reminders: string[]
}

const none: Dates = { due_date: null, due_time: null, due_zone: null, start_date: null, reminders: [] }

/** What a task's dates are after a write, in the words of the contract; null if it is refused. */
function modelled(before: Dates, sent: Write): Dates | null {
  const after = { ...before, ...sent }
  if (sent.due_date === null && sent.due_time === undefined) after.due_time = null
  if ((sent.due_date === null || sent.due_time === null) && sent.due_zone === undefined) after.due_zone = null
  const isRefused =
    (after.due_time !== null && after.due_date === null) ||
    (after.due_zone !== null && after.due_time === null) ||
    (after.start_date !== null && after.due_date !== null && after.start_date > after.due_date) ||
    (after.reminders.includes('P1D') && after.due_date === null)
  return isRefused ? null : after
}

const offsets: Readonly<Record<string, string>> = { UTC: 'Z', 'Asia/Kathmandu': '+05:45' }

function instant({ due_date, due_time, due_zone }: Dates): string | null {
  if (due_date === null || due_time === null || due_zone === null) return null
  return new Date(`${due_date}T${due_time}:00${offsets[due_zone] ?? ''}`).toISOString()
}

test('random writes leave the dates that the contract says, and never a combination that it forbids', async () => {
  await fc.assert(
    fc.asyncProperty(write, fc.array(write, { maxLength: 12 }), async (first, updates) => {
      const { task, change } = fixture.caller(newUser())
      const created = modelled(none, first)
      const answer = await task.create({ title: 'x', ...first }).catch(orRefusal)
      expect(answer === null).toBe(created === null)
      if (answer === null || created === null) return
      const history = [created]
      for (const sent of updates) {
        const before = history.at(-1) ?? none
        const after = modelled(before, sent)
        const updated = await task.update({ task_id: answer.id, ...sent }).catch(orRefusal)
        expect(updated === null).toBe(after === null)
        if (after !== null) history.push(after)
        const now = after ?? before
        expect(await task.get({ task_id: answer.id })).toMatchObject({ ...now, due_at: instant(now) })
      }
      for (let seq = history.length; seq > 1; seq--) {
        const was = history[seq - 2] ?? none
        expect(await change.undo({ seq })).toMatchObject({ after: { ...was, due_at: instant(was) } })
      }
    }),
    { numRuns: 60 },
  )
})

function orRefusal(error: unknown): null {
  if (error instanceof ApiError && error.reason === 'validation_failed') return null
  throw error
}
