import type { Client } from '../client.ts'
import { t } from '../texts/texts.ts'

/** Creates the tasks that show a new user how it works, once however often it is called. Resolves to their ids. */
export async function createSamples(client: Client, user_id: string, today: string): Promise<number[]> {
  const { samples } = t.welcome
  const due = { do: 'create', due_date: today } as const
  const { results } = await client.task.batch.mutate({
    idempotency_key: `samples:${user_id}`,
    // New tasks come first: the last one is at the top.
    operations: [
      { ...due, title: samples.agent, description: samples.agentText },
      { ...due, title: samples.repeats, tags: [samples.tag], recurrence: { rule: 'FREQ=WEEKLY' } },
      { ...due, title: samples.add },
      { ...due, title: samples.tick, priority: 'high' },
    ],
  })
  return results.flatMap((result) => ('task' in result && result.task !== undefined ? [result.task.id] : []))
}
