import { afterAll, beforeAll, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

test('a user has the defaults until they change them, and then what they sent', async () => {
  const { viewer } = fixture.caller(newUser())
  expect(await viewer.settings({})).toEqual({ time_zone: null, remind_time: '09:00' })
  expect(await viewer.update({ time_zone: 'Asia/Kathmandu' })).toEqual({
    time_zone: 'Asia/Kathmandu',
    remind_time: '09:00',
  })
  expect(await viewer.update({ remind_time: '07:30' })).toEqual({ time_zone: 'Asia/Kathmandu', remind_time: '07:30' })
  expect(await viewer.update({})).toEqual({ time_zone: 'Asia/Kathmandu', remind_time: '07:30' })
  expect(await viewer.update({ time_zone: null })).toEqual({ time_zone: null, remind_time: '07:30' })
  expect(await viewer.settings({})).toEqual({ time_zone: null, remind_time: '07:30' })
})

test('mail of reminders stays on until it is turned off, whatever else is changed', async () => {
  const { viewer } = fixture.caller(newUser())
  expect(await viewer.update({ remind_by_mail: true })).toMatchObject({ remind_by_mail: true })
  expect(await viewer.update({ remind_time: '07:30' })).toMatchObject({ remind_by_mail: true })
  expect(await viewer.update({ remind_by_mail: false })).not.toHaveProperty('remind_by_mail')
  expect(await viewer.update({ time_zone: 'Asia/Kathmandu' })).not.toHaveProperty('remind_by_mail')
})

test('settings belong to one user', async () => {
  await fixture.caller(newUser()).viewer.update({ remind_time: '08:00' })
  expect(await fixture.caller(newUser()).viewer.settings({})).toMatchObject({ remind_time: '09:00' })
})

test.each([
  [{ time_zone: 'Mars/Olympus' }, 'Unknown time zone'],
  [{ time_zone: '+02:00' }, 'Unknown time zone'],
  [{ remind_time: '24:00' }, 'Must be a time (HH:MM, 00:00 to 23:59)'],
])('%j is refused', async (input, msg) => {
  const { details } = await apiErrorOf(fixture.caller(newUser()).viewer.update(input))
  expect(details.fields).toMatchObject([{ loc: Object.keys(input), msg }])
})
