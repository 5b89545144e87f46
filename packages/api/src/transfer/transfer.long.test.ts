import { afterAll, expect, test } from 'vitest'
import { transferTrial } from '../../testing/transfer_trial.ts'
import { testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('1,000 random tasks are equal in the account that imports their export', { timeout: 600_000 }, async () => {
  expect(await transferTrial(api, { tasks: 1000, seed: 18 })).toEqual({ differences: [], again: 0, created: 1000 })
})
