import type { ChatAnswer } from '@taskwire/api'
import { newUser, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { phrasings } from '../testing/phrasings.ts'
import { chatServices } from '../testing/services.ts'
import { offlineAssistant, OFFLINE_MODEL } from './assistant.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await chatServices(offlineAssistant())
})
afterAll(() => fixture.close())

const TITLES = ['Team meeting', 'Buy groceries', 'Call mom', 'Budget review', 'Budget plan']

/** A user with the tasks in `TITLES`, of which the third is completed. */
async function listed() {
  const api = fixture.caller(newUser())
  const ids: number[] = []
  for (const title of TITLES) ids.push((await api.task.create({ title, completed: title === 'Call mom' })).id)
  return {
    api,
    ids,
    numbered: (text: string) => text.replace(/\{(\d)\}/g, (_, n: string) => String(ids[Number(n) - 1])),
  }
}

/** The tool calls of an answer, in the notation of the phrasings. */
function actionsOf({ tool_calls }: ChatAnswer): string[] {
  return tool_calls.map(({ tool, args, result }) => {
    const { task_id, status, search, title, description, limit } = args
    const text = (value: unknown) => JSON.stringify(value)
    const prefix = result['status'] === 'confirmation_required' ? 'asks to ' : ''
    if (tool === 'list_tasks') {
      if (limit !== undefined) return `count ${String(status)}`
      if (search === undefined) return `list ${String(status)}`
      return status === undefined ? `search ${text(search)}` : `search all ${text(search)}`
    }
    const change = tool === 'update_task' && title !== undefined ? ` title ${text(title)}` : ''
    const more = description === undefined ? '' : ` description ${text(description)}`
    if (tool === 'add_task') return `add ${text(title)}${more}`
    return `${prefix}${tool.replace('_task', '')}${task_id === undefined ? '' : ` ${text(task_id)}`}${change}${more}`
  })
}

describe('the phrasings', () => {
  test('there are at least a hundred', () => {
    expect(new Set(phrasings.map(([message]) => message)).size).toBe(phrasings.length)
    expect(phrasings.length).toBeGreaterThanOrEqual(100)
  })

  test.for(phrasings)('%s => %s', async ([message, expected]) => {
    const { api, numbered } = await listed()
    const answer = await api.chat.send({ message: numbered(message) })
    const [, actions, reply] = /^(.*?)(?:(?:^|, )(asks back|replies .*))?$/.exec(numbered(expected)) ?? []
    expect(actionsOf(answer).join(', ')).toBe(actions)
    if (reply !== undefined) {
      expect(answer.response).toContain(reply === 'asks back' ? '?' : reply.replace('replies ', ''))
    } else expect(answer.response).not.toMatch(/did not understand|There is no task|did not work/)
    expect(answer.model).toBe(OFFLINE_MODEL)
  })
})
