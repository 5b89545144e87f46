import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newUser, testServices, type Caller, type TestServices } from '../../testing/services.ts'
import { saysYes } from './consent.ts'
import { scriptedAssistant, type ScriptedAssistant } from '../../testing/scripted_assistant.ts'

let fixture: TestServices
let assistant: ScriptedAssistant
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())
beforeEach(() => {
  assistant = scriptedAssistant()
  Object.assign(fixture.services, { assistant })
})

/** A user with some tasks, and an assistant that is told which tools to use for a message, at once or one by one. */
async function listed(count: number) {
  const api = fixture.caller(newUser())
  const ids: number[] = []
  for (let number = 1; number <= count; number++) ids.push((await api.task.create({ title: `Task ${number}` })).id)
  let conversation_id: number | undefined
  async function say(message: string, uses: readonly [tool: string, args: object][], parallel = true) {
    assistant.script = async (_, tool) => {
      if (parallel) await Promise.all(uses.map(([name, args]) => tool(name).run(args)))
      else for (const [name, args] of uses) await tool(name).run(args)
      return 'That is that.'
    }
    const answer = await api.chat.send({ message, conversation_id })
    conversation_id = answer.conversation_id
    const statuses = answer.tool_calls.map(({ result }) => result['status'] ?? result['code'])
    return { ...answer, statuses }
  }
  const deletions = (...which: number[]): [string, object][] =>
    which.map((number) => ['delete_task', { task_id: ids[number - 1] }])
  return { api, ids, say, deletions }
}

async function left(api: Caller): Promise<number> {
  return (await api.task.list({ limit: 200 })).items.length
}

describe('removing', () => {
  test('one task needs no confirmation', async () => {
    const { api, say, deletions } = await listed(3)
    expect((await say('Delete 1', deletions(1))).statuses).toEqual(['deleted'])
    expect((await say('Delete 2', deletions(2))).statuses).toEqual(['deleted'])
    expect(await left(api)).toBe(1)
  })

  test('several at once waits for a yes to exactly these, in words of ours', async () => {
    const { api, ids, say, deletions } = await listed(4)
    const asked = await say('Delete the first three', deletions(1, 2, 3))
    expect(asked.statuses).toEqual(Array(3).fill('confirmation_required'))
    expect(asked.response).toBe(
      `That is that.\n\nWaiting for your confirmation. Answer "yes" to do this, or "no" to leave it:\n` +
        [1, 2, 3].map((number) => `- delete task ${ids[number - 1]} “Task ${number}”`).join('\n'),
    )
    expect(await left(api)).toBe(4)
    const done = await say('Yes, please', deletions(1, 2, 3))
    expect(done.statuses).toEqual(['deleted', 'deleted', 'deleted'])
    expect(await left(api)).toBe(1)
  })

  test('a second one in the same answer waits, also where the first went through', async () => {
    const { api, say, deletions } = await listed(3)
    const asked = await say('Delete all', deletions(1, 2, 3), false)
    expect(asked.statuses).toEqual(['deleted', 'confirmation_required', 'confirmation_required'])
    const done = await say('yes', deletions(2, 3), false)
    expect(done.statuses).toEqual(['deleted', 'deleted'])
    expect(await left(api)).toBe(0)
  })

  test('a yes is no yes to others', async () => {
    const { api, say, deletions } = await listed(5)
    await say('Delete 1 and 2', deletions(1, 2))
    const done = await say('yes', deletions(1, 3, 2, 4), false)
    expect(done.statuses).toEqual(['deleted', 'confirmation_required', 'deleted', 'confirmation_required'])
    expect(await left(api)).toBe(3)
  })

  test('a yes counts only right after the question', async () => {
    const { api, say, deletions } = await listed(3)
    await say('Delete 1 and 2', deletions(1, 2))
    await say('What is the weather?', [])
    expect((await say('yes', deletions(1, 2))).statuses).toEqual(Array(2).fill('confirmation_required'))
    expect(await left(api)).toBe(3)
  })

  test('anything but a plain yes leaves the tasks', async () => {
    const { api, say, deletions } = await listed(2)
    for (const message of ['no', 'yes, but not the first', 'wait', 'Are you sure?', 'delete them']) {
      await say('Delete both', deletions(1, 2))
      expect((await say(message, deletions(1, 2))).statuses).toEqual(Array(2).fill('confirmation_required'))
    }
    expect(await left(api)).toBe(2)
  })

  test('one that is refused does not use up the one that is free', async () => {
    const { api, say, deletions } = await listed(2)
    const answer = await say('Delete', [['delete_task', { task_id: 999_999 }], ...deletions(1)], false)
    expect(answer.statuses).toEqual(['task_not_found', 'deleted'])
    expect(await left(api)).toBe(1)
  })

  test('undoing counts, since undoing a creation deletes', async () => {
    const { api, say } = await listed(3)
    const undos: [string, object][] = [1, 2, 3].map((seq) => ['undo', { seq }])
    const asked = await say('Undo everything', undos)
    expect(asked.statuses).toEqual(Array(3).fill('confirmation_required'))
    expect(asked.response).toContain('- undo change 2')
    expect(await left(api)).toBe(3)
    await say('ok', undos)
    expect(await left(api)).toBe(0)
  })

  test('at most fifty wait for one yes', async () => {
    const { api, say, deletions } = await listed(60)
    const all = deletions(...Array.from({ length: 60 }, (_, index) => index + 1))
    const { statuses } = await say('Delete all', all)
    expect(statuses.filter((status) => status === 'confirmation_required')).toHaveLength(50)
    await say('yes', all)
    expect(await left(api)).toBe(10)
  })
})

test.for([
  ['yes', true],
  ['Yes!', true],
  ['yes please', true],
  ['Yes, delete them all.', true],
  ['y', true],
  ['ok', true],
  ['OK, go ahead', true],
  ['Sure', true],
  ['do it', true],
  ['go ahead', true],
  ['confirm', true],
  ['Ja', true],
  ['sí', true],
  ['no', false],
  ['yes but keep 3', false],
  ["yes, don't", false],
  ['yes?', false],
  ['ok wait', false],
  ['yesterday', false],
  ['Okra soup', false],
  ['Show my tasks', false],
  ['delete all', false],
  ['I did not say yes', false],
  [`yes ${'x'.repeat(300)}`, false],
] as const)('%j says yes: %j', ([message, yes]) => {
  expect(saysYes(message)).toBe(yes)
})
