import { afterAll, describe, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { contentOf, imported } from '../../testing/transfers.ts'
import type { ImportSource } from './schema.ts'

const api = await testServices()
afterAll(api.close)

/** The same user on different days. */
function userOn(user_id: string) {
  return (day: string) =>
    api.caller(user_id, { services: { ...api.services, now: () => new Date(`${day}T12:00:00Z`) } })
}

const DATES = ['every day', 'tomorrow', 'every monday at 9am', 'Oct 5', 'every 3 days from Dec 1', 'someday']
const TODOIST = `TYPE,CONTENT,DATE,TIMEZONE\n${DATES.map((date) => `task,Milk,${date},\n`).join('')}`

/** The fingerprints of the three tasks below as they were made from the values of the fields. */
const FORMER = ['WLS9q3zgc-L3C0GgEiuVSa', 'oyG5o2mdzvT5YK3aNpq8Yt', 'g_O6scQuZiT6IuyoJ6YbPM']

describe('a file with dates that depend on the day of the import', () => {
  test.each(['2026-11-22', '2026-11-23', '2027-11-21'])('adds nothing when it is imported again on %s', async (day) => {
    const on = userOn(newUser())
    expect(await imported(on('2026-11-21'), 'todoist', TODOIST)).toMatchObject({ created: DATES.length })
    expect(await imported(on(day), 'todoist', TODOIST)).toMatchObject({ created: 0, skipped: DATES.length })
  })

  test('leaves deleted what was deleted since', async () => {
    const on = userOn(newUser())
    const user = on('2026-11-21')
    const { rows } = await imported(user, 'todoist', TODOIST)
    await user.task.delete({ task_id: rows[0]?.task_id ?? 0 })
    expect(await imported(on('2026-11-22'), 'todoist', TODOIST)).toMatchObject({ created: 0 })
    expect(await contentOf(user)).toHaveLength(DATES.length - 1)
  })

  test('has as many tasks as lines, equal or due on the same day', async () => {
    const on = userOn(newUser())
    const file = 'TYPE,CONTENT,DATE\ntask,Milk,tomorrow\ntask,Milk,tomorrow\ntask,Milk,2026-11-22\n'
    expect(await imported(on('2026-11-21'), 'todoist', file)).toMatchObject({ created: 3 })
    expect(await imported(on('2026-11-22'), 'todoist', file)).toMatchObject({ created: 0, skipped: 3 })
  })

  test('has another task where the date is no date, and the deadline is another', async () => {
    const user = userOn(newUser())('2026-11-21')
    const due = (day: string) => `TYPE,CONTENT,DATE,DEADLINE\ntask,Milk,someday,${day}\n`
    expect(await imported(user, 'todoist', due('2026-12-01'))).toMatchObject({ created: 1 })
    expect(await imported(user, 'todoist', due('2026-12-02'))).toMatchObject({ created: 1 })
    expect(await imported(user, 'todoist', due('2026-12-02'))).toMatchObject({ created: 0, skipped: 1 })
  })

  test('is recognized on the same day where an import recorded the days that it had read', async () => {
    const user_id = newUser()
    const user = userOn(user_id)('2026-11-21')
    const file = 'TYPE,CONTENT,DATE\ntask,Milk,tomorrow\ntask,Milk,tomorrow\ntask,Bread,\n'
    const { rows } = await imported(user, 'todoist', file)
    for (const [index, fingerprint] of FORMER.entries()) {
      await api.services.sql({
        text: 'UPDATE taskwire.imported_task SET fingerprint = $1 WHERE user_id = $2 AND task_id = $3',
        values: [fingerprint, user_id, rows[index]?.task_id],
      })
    }
    expect(await imported(user, 'todoist', file)).toMatchObject({ created: 0, skipped: 3 })
  })
})

const at = '2026-12-01T22:30:00Z'
const ofGoogle = (...items: object[]) => JSON.stringify({ kind: 'tasks#tasks', items })
const reminderDateTime = { dateTime: at, timeZone: 'UTC' }
const ALARM = 'BEGIN:VALARM\nTRIGGER;VALUE=DATE-TIME:20261201T223000Z\nEND:VALARM\n'

const ZONELESS: readonly (readonly [ImportSource, string, string])[] = [
  ['google', 'without an id', ofGoogle({ title: 'Milk', due: at })],
  ['google', 'with one id', ofGoogle({ id: 'a', title: 'Milk', due: at }, { id: 'a', title: 'Bread', due: at })],
  ['ticktick', 'without a zone', `List Name,Title,Due Date,Reminder\nHome,Milk,${at},-PT30M\n`],
  ['mstodo', 'with a reminder', JSON.stringify([{ title: 'Milk', isReminderOn: true, reminderDateTime }])],
  ['ics', 'with an alarm', `BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Milk\n${ALARM}END:VTODO\nEND:VCALENDAR\n`],
]

test.each(ZONELESS)(
  'a file of %s, %s, adds nothing when it is imported again in another time zone',
  async (source, _what, file) => {
    const user = api.caller(newUser())
    const { created } = await imported(user, source, file)
    expect(created).toBeGreaterThan(0)
    const before = await contentOf(user)
    await user.viewer.update({ time_zone: 'Asia/Kathmandu' })
    expect(await imported(user, source, file)).toMatchObject({ created: 0, skipped: created })
    expect(await contentOf(user)).toEqual(before)
  },
)
