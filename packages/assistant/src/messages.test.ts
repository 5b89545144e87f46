import { testServices, type TestServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { effects } from '../testing/effects.ts'
import { messageLines } from '../testing/messages.ts'
import { offlineAssistant } from './assistant.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
  Object.assign(fixture.services, { assistant: offlineAssistant() })
})
afterAll(() => fixture.close())

const lines = messageLines()

describe('the published messages', () => {
  test('are at least 400, none of them twice', () => {
    const all = lines.map(({ messages }) => messages.join(' | '))
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBeGreaterThanOrEqual(400)
  })

  test('name what is wanted where the assistant only asks, and at least 90 % of the ordinary ones are done', () => {
    for (const { effects: done, wanted } of lines) if (wanted !== undefined) expect(done.at(-1)).toBe('asks')
    const ordinary = lines.filter(({ section }) => !section.includes('not to be done'))
    const done = ordinary.filter(({ wanted }) => wanted === undefined)
    expect(done.length / ordinary.length).toBeGreaterThanOrEqual(0.9)
  })

  test('have the effects that are published, and no other', async () => {
    const wrong: string[] = []
    const waiting = lines.values()
    const sendTheRest = async () => {
      const effectsOf = effects(fixture)
      for (const { messages, effects: published } of waiting) {
        const found = (await effectsOf(messages)).join(' | ')
        if (found !== published.join(' | ')) wrong.push(`${messages.join(' | ')}  =>  ${found}`)
      }
    }
    await Promise.all(Array.from({ length: 4 }, sendTheRest))
    expect(wrong).toEqual([])
  }, 900_000)
})
