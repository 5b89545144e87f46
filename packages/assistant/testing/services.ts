import type { Assistant } from '@taskwire/api'
import { testServices, type TestServices } from '@taskwire/api/testing'

/** Services on a database of their own, with the offline assistant behind their chat. */
export async function chatServices(assistant: Assistant): Promise<TestServices> {
  const fixture = await testServices()
  Object.assign(fixture.services, { assistant })
  return fixture
}
