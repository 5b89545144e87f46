import { openPage } from '@taskwire/offline/testing'
import { beforeEach, expect, test } from 'vitest'
import { ApiKeys } from '../keys/api_keys.ts'
import { authCall as call } from '../session/auth_call.ts'
import { startText } from '../texts/start_texts.ts'
import { Grants } from './grants.ts'

// Nothing listens on this port.
beforeEach(() => void openPage('http://127.0.0.1:1'))

const problem = startText.problems.unreachable

test('without a connection the lists of keys and apps say so instead of failing', async () => {
  expect(await ApiKeys.list(call)).toEqual({ keys: [], problem })
  expect(await Grants.list(call)).toEqual({ apps: [], problem })
})

test('without a connection a key is not created, and neither is one revoked nor an app disconnected', async () => {
  expect(await ApiKeys.create(call, { name: 'Desk', scope: 'read', days: 1 })).toEqual({ key: null, problem })
  const key = { id: 'k', name: 'Desk', start: '', scope: 'read', expires_at: null } as const
  expect(await ApiKeys.revoke(call, key)).toBe(problem)
  const connected = { id: 'c', name: 'Desk', access: 'read', connected_at: '2026-01-01T00:00:00.000Z' } as const
  expect(await Grants.disconnect(call, connected)).toBe(problem)
})
