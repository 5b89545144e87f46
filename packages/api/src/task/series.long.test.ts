import { trialsOfRun } from '@taskwire/faults'
import { afterAll, expect, test } from 'vitest'
import { tryRandomHistories } from '../../testing/random_histories.ts'
import { testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('histories of recurring tasks replay to the list, keep one open task a series, and can be undone', async () => {
  const seed = Date.now() % 1_000_000_000
  console.info(`seed ${seed}`)
  await tryRandomHistories(api, trialsOfRun(300), seed)
  expect(api.logged).toEqual([])
}, 1_800_000)
