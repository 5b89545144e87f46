import { newUser, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { chatServices, answeredBy } from '../../testing/assistant.ts'
import { fakeOpenAi, type FakeOpenAi, type FakeRequest, type Reply } from '../../testing/fake_openai.ts'
import { agentAssistant, limits } from './agent.ts'
import { openAiModel } from './openai.ts'
import { agentsSdk } from './sdk.ts'

let fake: FakeOpenAi
let fixture: TestServices
beforeAll(async () => {
  await Promise.all([agentsSdk(), import('openai')])
  fake = await fakeOpenAi()
  fixture = await chatServices(assistant('chat_completions'))
  Object.assign(fixture.services, { now: () => new Date('2027-05-05T09:00:00Z') })
})
afterAll(async () => {
  await fixture.close()
  await fake.close()
})

function assistant(api: 'chat_completions' | 'responses') {
  const { callMs } = limits
  return agentAssistant(openAiModel({ apiKey: 'sk', baseUrl: fake.url, model: 'm', api, timeoutMs: callMs }))
}

const listed = z.object({ tasks: z.array(z.looseObject({ id: z.int(), title: z.string() })) })

/** The result of the last tool call that the model gets, in either protocol. */
function lastResult({ body }: FakeRequest): unknown {
  const item = z.looseObject({}).parse([body['messages'] ?? body['input']].flat().at(-1))
  const data = /<task_data>(.*)<\/task_data>/s.exec(JSON.stringify(item).replaceAll('\\"', '"'))?.[1] ?? '{}'
  return JSON.parse(data)
}

const call = (name: string, args: object): Reply => ({ calls: [{ name, arguments: JSON.stringify(args) }] })

test.each(['chat_completions', 'responses'] as const)(
  'a model (%s) moves the overdue tasks to Friday, keeps the weekly one weekly and undoes it, in at most five calls',
  async (protocol) => {
    answeredBy(fixture, assistant(protocol))
    const { task, chat } = fixture.caller(newUser())
    await task.create({ title: 'Taxes', due_date: '2027-05-01' })
    const recurrence = { rule: 'FREQ=WEEKLY' }
    await task.create({ title: 'Water the plants', due_date: '2027-05-03', recurrence })
    await task.create({ title: 'Not yet', due_date: '2027-05-06' })
    const before = (await task.list({})).items
    const script: ((request: FakeRequest) => Reply)[] = [
      () => call('list_tasks', { due: 'overdue' }),
      (request) => {
        const task_ids = listed.parse(lastResult(request)).tasks.map(({ id }) => String(id))
        return call('change_tasks', { task_ids, do: 'update', set: { due_date: '2027-05-07' } })
      },
      () => ({ text: 'Moved both to Friday.' }),
      () => call('undo', {}),
      () => ({ text: 'Undone.' }),
    ]
    const first = fake.requests.length
    fake.script = (request) => script[request.number - first]?.(request) ?? { text: 'too many calls' }
    const moved = await chat.send({ message: 'Move my overdue tasks to Friday, keep the weekly one weekly' })
    expect(JSON.stringify(fake.requests.at(-1)?.body)).toContain('It is Wednesday, 2027-05-05')
    const { items } = await task.list({})
    expect(items).toMatchObject([
      { title: 'Not yet', due_date: '2027-05-06' },
      { title: 'Water the plants', due_date: '2027-05-07', recurrence },
      { title: 'Taxes', due_date: '2027-05-07' },
    ])
    const { conversation_id } = moved
    const undone = await chat.send({ message: 'Now undo it', conversation_id })
    const shown = ({ title, due_date, recurrence: rule }: (typeof before)[number]) => ({ title, due_date, rule })
    expect((await task.list({})).items.map(shown)).toEqual(before.map(shown))
    expect(fake.requests.length - first).toBeLessThanOrEqual(5)
    expect([...moved.tool_calls, ...undone.tool_calls].map(({ tool }) => tool)).toEqual([
      'list_tasks',
      'change_tasks',
      'undo',
    ])
  },
)
