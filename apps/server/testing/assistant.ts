import type { Assistant } from '@taskwire/api'
import { testServices, type TestReplica, type TestServices } from '@taskwire/api/testing'

/** Lets this assistant answer the chat of a replica. */
export function answeredBy<R extends TestReplica>(replica: R, assistant: Assistant): R {
  Object.assign(replica.services, { assistant })
  return replica
}

/** Services on a database of their own, with this assistant behind their chat. */
export async function chatServices(assistant: Assistant): Promise<TestServices> {
  return answeredBy(await testServices(), assistant)
}
