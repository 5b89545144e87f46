import type { Assistant } from '@taskwire/api'
import { testServices, type Replica, type TestServices } from '@taskwire/api/testing'

/** One process whose chat is answered by this assistant. */
export function answeredBy<R extends Replica>(replica: R, assistant: Assistant): R {
  Object.assign(replica.services, { assistant })
  return replica
}

/** Services on a database of their own, with an assistant in the chat. */
export async function chatServices(assistant: Assistant): Promise<TestServices> {
  return answeredBy(await testServices(), assistant)
}
