import type { ChatAnswer } from '@taskwire/api'
import { newUser, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentAssistant } from '../agent.ts'
import { chatServices } from '../../../testing/assistant.ts'
import { offlineModel } from './assistant.ts'
import { phrasings } from '../../../testing/phrasings.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await chatServices(agentAssistant(offlineModel))
})
afterAll(() => fixture.close())

const TITLES = ['Team meeting', 'Buy groceries', 'Call mom', 'Budget review', 'Budget plan']

/** A user with the tasks of `TITLES`, the third of them completed. */
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

/** What was done, in the table's words. */
function deeds({ tool_calls }: ChatAnswer): string[] {
  return tool_calls.map(({ tool, args, result }) => {
    const { task_id, status, search, title, description, limit } = args
    const text = (value: unknown) => JSON.stringify(value)
    const held = result['status'] === 'confirmation_required' ? 'holds ' : ''
    if (tool === 'list_tasks') {
      if (limit !== undefined) return `count ${String(status)}`
      if (search === undefined) return `list ${String(status)}`
      return status === undefined ? `search ${text(search)}` : `search all ${text(search)}`
    }
    const about = tool === 'update_task' && title !== undefined ? ` title ${text(title)}` : ''
    const more = description === undefined ? '' : ` description ${text(description)}`
    if (tool === 'add_task') return `add ${text(title)}${more}`
    return `${held}${tool.replace('_task', '')}${task_id === undefined ? '' : ` ${text(task_id)}`}${about}${more}`
  })
}

describe('the phrasings', () => {
  test('there are at least a hundred', () => {
    expect(new Set(phrasings.map(([say]) => say)).size).toBe(phrasings.length)
    expect(phrasings.length).toBeGreaterThanOrEqual(100)
  })

  test.for(phrasings)('%s => %s', async ([say, does]) => {
    const { api, numbered } = await listed()
    const answer = await api.chat.send({ message: numbered(say) })
    const [, wanted, said] = /^(.*?)(?:(?:^|, )(asks|says .*))?$/.exec(numbered(does)) ?? []
    expect(deeds(answer).join(', ')).toBe(wanted)
    if (said !== undefined) expect(answer.response).toContain(said === 'asks' ? '?' : said.replace('says ', ''))
    else expect(answer.response).not.toMatch(/did not understand|There is no task|did not work/)
    expect(answer.model).toBe('taskwire-offline')
  })
})
