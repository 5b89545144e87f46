import { describe, expect, test } from 'vitest'
import { momentAt } from './moment.ts'
import { preferredOrders, type SortName } from './sorts.ts'
import { liveTaskSelect, taskPage, taskPageAsText, taskTextSelect, wholeList, type TimedQuery } from './sql.ts'

const query: TimedQuery = { trash: false, completed: undefined, search: '', sort: 'created_at', order: 'desc' }
const first = { position: undefined, limit: 50 }
const further = { position: ['2026-12-01T00:00:00.000Z', 7], limit: 50 }
const moment = momentAt(new Date('2026-12-01T12:00:00Z'), 'UTC')

describe('a page shares a connection', () => {
  const shares = (more: Partial<TimedQuery>) => taskPage('ann', { ...query, ...more }, first).pipeline === 'reads'

  test('where an index returns it in order', () => {
    expect([shares({}), shares({ order: 'asc' }), shares({ sort: 'title' })]).toEqual([true, true, true])
  })

  test.each<Partial<TimedQuery>>([
    { sort: 'updated_at' },
    { sort: 'due_date' },
    { sort: 'priority' },
    { sort: 'completed_at' },
    { sort: 'position' },
    { trash: true },
    { completed: false },
    { search: 'milk' },
    { tags: ['home'] },
    { priority: ['high'] },
    { due: 'any' },
    { due_from: '2026-12-01' },
    { due_to: '2026-12-01' },
    { series_id: 4 },
    { started: true, moment },
  ])('and not with %o: it may have to look at many tasks', (more) => {
    expect(shares(more)).toBe(false)
    expect(taskPageAsText('ann', { ...query, ...more }, first).pipeline).toBeUndefined()
  })
})

describe('the name of a page', () => {
  test('belongs to one text: no two of them share one, whatever their values', () => {
    const texts = new Map<string, string>()
    const sorts = Object.keys(preferredOrders) as SortName[]
    for (const sort of sorts) {
      for (const order of ['asc', 'desc'] as const) {
        for (const trash of [false, true]) {
          for (const completed of [undefined, false, true]) {
            for (const page of [first, { ...further, position: ['x', 'y', 7] }]) {
              for (const make of [taskPage, taskPageAsText]) {
                const { name = '', text } = make('ann', { ...query, sort, order, trash, completed }, page)
                expect(texts.get(name) ?? text).toBe(text)
                texts.set(name, text)
              }
            }
          }
        }
      }
    }
    // Both values of `completed` have the same text.
    expect(texts.size).toBe(7 * 2 * 2 * 2 * 2 * 2)
  })

  test.each<Partial<TimedQuery>>([{ search: 'milk' }, { tags: ['home'] }, { due: 'today', completed: false, moment }])(
    'is none with %o, which is planned for its own values',
    (more) => {
      expect(taskPage('ann', { ...query, ...more }, first).name).toBeUndefined()
    },
  )
})

test('every value of a caller is a parameter', () => {
  const hostile = "'; DROP TABLE taskwire.task; --"
  const { text, values } = taskPage(
    hostile,
    { ...query, search: hostile, tags: [hostile], due_from: hostile, due_to: hostile },
    { position: [hostile, hostile], limit: 3 },
  )
  expect(text).not.toContain('DROP')
  expect(values).toContain(hostile)
  expect(values).toContain(3)
  for (const statement of [liveTaskSelect('x')('ann', 7), taskTextSelect('ann', 7)]) {
    expect(statement).toMatchObject({ values: ['ann', 7], pipeline: 'reads' })
    expect(statement.text).toContain('WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL')
  }
})

test('a search takes no character for a pattern', () => {
  const { values } = wholeList('ann', { ...query, search: '100%_\\' })
  expect(values).toEqual(['ann', '%100\\%\\_\\\\%'])
})

test('a list is of its user alone, live or in the trash', () => {
  for (const sort of Object.keys(preferredOrders) as SortName[]) {
    const { text } = wholeList('ann', { ...query, sort })
    expect(text).toContain('user_id = $1 AND deleted_at IS NULL')
    expect(wholeList('ann', { ...query, sort, trash: true }).text).toContain('user_id = $1 AND deleted_at IS NOT NULL')
  }
})

test('a view looks for the days that an instant of it may have anywhere on earth', () => {
  const found = (due: 'overdue' | 'today' | 'upcoming') => {
    const { text, values } = wholeList('ann', { ...query, due, completed: false, moment })
    return [...text.matchAll(/task\.open_due (>=|<=) \$(\d+)/g)].map(([, mark, index]) => [
      mark,
      values[Number(index) - 1],
    ])
  }
  expect(found('overdue')).toEqual([['<=', '2026-12-02']])
  expect(found('today')).toEqual([
    ['>=', '2026-11-30'],
    ['<=', '2026-12-02'],
  ])
  expect(found('upcoming')).toEqual([
    ['>=', '2026-12-01'],
    ['<=', '2026-12-09'],
  ])
})
