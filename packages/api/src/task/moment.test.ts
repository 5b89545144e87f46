import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import { currentMoment, userMoment } from './moment.ts'

const api = await testServices()
afterAll(api.close)

const at = new Date('2026-11-21T18:30:00Z')

/** What a resolver knows of a call by a user who has stored this zone. */
async function callOf(zone: string | null, now?: () => Date) {
  const user_id = newUser()
  await api.services.sql({
    text: 'INSERT INTO taskwire.settings (user_id, time_zone) VALUES ($1, $2)',
    values: [user_id, zone],
  })
  const { token, ...ctx } = await api.context(user_id)
  const principal = {
    user_id,
    kind: 'shared_secret',
    scope: 'write',
    actor: null,
    email: null,
    name: null,
    expires_at: null,
  } as const
  return { ...ctx, token, user_id, principal, services: { ...api.services, ...(now && { now }) } }
}

test('now is in the zone that is named, else in the one that is set, else in UTC', async () => {
  const [set, none] = [await callOf('Asia/Kathmandu', () => at), await callOf(null, () => at)]
  expect(await currentMoment(set, 'America/New_York')).toMatchObject({ today: '2026-11-21', zone: 'America/New_York' })
  expect(await currentMoment(set, undefined)).toMatchObject({ today: '2026-11-22', zone: 'Asia/Kathmandu' })
  expect(await currentMoment(none, undefined)).toMatchObject({ today: '2026-11-21', zone: 'UTC' })
  expect(await userMoment(set)).toEqual({ today: '2026-11-22', now: '00:15', zone: 'Asia/Kathmandu' })
  expect(await userMoment(none)).toEqual({ today: '2026-11-21', now: '18:30', zone: null })
})

test('a stored zone that this runtime does not know counts as none', async () => {
  const ctx = await callOf('Mars/Olympus', () => at)
  expect(await currentMoment(ctx, undefined)).toMatchObject({ today: '2026-11-21', zone: 'UTC' })
  expect(await userMoment(ctx)).toEqual({ today: '2026-11-21', now: '18:30', zone: null })
})

test('now is the time of the clock', async () => {
  const ctx = await callOf(null)
  const before = Date.now()
  const { now } = await currentMoment(ctx, undefined)
  expect(Date.parse(now)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(now)).toBeLessThanOrEqual(Date.now())
})
