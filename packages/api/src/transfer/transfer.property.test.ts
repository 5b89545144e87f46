import { afterAll, expect, test } from 'vitest'
import { transferTrial } from '../../testing/transfer_trial.ts'
import { testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('100 random tasks are equal in the account that imports their export', async () => {
  expect(await transferTrial(api, { tasks: 100, seed: 17 })).toEqual({ differences: [], again: 0, created: 100 })
})
