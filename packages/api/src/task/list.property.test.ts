import { afterAll, expect, test } from 'vitest'
import { compareRandomLists } from '../../testing/random_lists.ts'
import { testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('random filters, sorts and pages answer what a naive model answers', async () => {
  await compareRandomLists(api, 600)
  expect(api.logged).toEqual([])
})
