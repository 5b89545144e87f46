import type { Client } from '../client.ts'
import { t } from '../texts/texts.ts'
import { storedWelcome, storeWelcome, type SampleOperations } from './welcome_mark.ts'

/**
 * Creates the tasks that show a new user how it works, once however often it is called. Resolves to their ids, which the
 * mark of the new account has from then on.
 */
export async function createSamples(client: Client, user_id: string, today: string): Promise<readonly number[]> {
  // A call whose answer was lost is repeated as it was: the server would refuse its key with another day or language.
  const operations = storedWelcome(user_id)?.operations ?? sampleOperations(today)
  storeWelcome({ user_id, ids: null, operations })
  const { results } = await client.task.batch.mutate({ idempotency_key: `samples:${user_id}`, operations })
  const ids = results.flatMap((result) => ('task' in result && result.task !== undefined ? [result.task.id] : []))
  storeWelcome({ user_id, ids })
  return ids
}

function sampleOperations(today: string): SampleOperations {
  const { samples } = t.welcome
  const due = { do: 'create', due_date: today } as const
  // New tasks come first: the last one is at the top.
  return [
    { ...due, title: samples.agent, description: samples.agentText },
    { ...due, title: samples.repeats, tags: [samples.tag], recurrence: { rule: 'FREQ=WEEKLY' } },
    { ...due, title: samples.add },
    { ...due, title: samples.tick, priority: 'high' },
  ]
}
