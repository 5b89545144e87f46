import { changeOf, openPage, taskWith, writeOf } from '@taskwire/offline/testing'
import { renderHook } from '@taskwire/offline/testing/hook'
import { momentAt } from '@taskwire/calendar'
import { beforeEach, expect, test } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import type { Task } from '../client.ts'
import { routeOf } from '../shell/route.ts'
import { draftOf } from './draft.ts'
import { listItems } from './list_items.ts'
import { useDraft } from './use_draft.ts'
import { useLinkedTask } from './use_linked_task.ts'
import { useMove } from './use_move.ts'
import { useShowTask } from './use_show_task.ts'
import { useTaskActions } from './use_task_actions.ts'

beforeEach(() => {
  openPage()
  const replaceState = (_state: unknown, _title: string, to: string) => Object.assign(location, { hash: to })
  Object.assign(globalThis, { history: { state: null, replaceState } })
})

const positions = ['b', 'd', 'f', 'h']
const four = positions.map((position, index) => taskWith({ id: index + 1, title: `Task ${index + 1}`, position }))
const [one, two, three, four_] = four as [Task, Task, Task, Task]

/** The manual order of four tasks, the last of which is in a group of its own. */
function order({ isManual = true, isFolded = false } = {}) {
  const groups = [
    { key: 'a', title: null, tasks: [one, two, three] },
    { key: 'b', title: 'B', tasks: [four_], isFolded },
  ]
  const made = fakeWorkspace({ tasks: four })
  const options = { items: listItems(groups, true), isManual }
  return { ...made, ...renderHook(useMove, options, made.wrap) }
}

test.each([
  ['up', two, { before: 1 }, undefined, 1],
  ['down', two, { after: 3 }, undefined, 3],
  ['down', one, { after: 2 }, { before: 3 }, 2],
  ['first', three, { before: 1 }, undefined, 1],
  ['last', one, { after: 3 }, undefined, 3],
] as const)(
  'a task is moved %s, next to its neighbours, and it is said where it stands then',
  async (target, task, place, otherwise, at) => {
    const { act, current, dispatched, unmount } = order()
    await act(() => expect(current().move(task, target)).toBe(true))
    expect(dispatched).toMatchObject([{ id: task.id, intent: { kind: 'move', place } }])
    expect(dispatched[0]?.intent).toHaveProperty('position', expect.any(String))
    if (otherwise === undefined) expect(dispatched[0]?.intent).not.toHaveProperty('otherwise')
    else expect(dispatched[0]?.intent).toMatchObject({ otherwise })
    expect(current().announcement).toBe(`“${task.title}” is at place ${at} of 3`)
    unmount()
  },
)

test('the position of a moved task is that between its new neighbours', async () => {
  const { act, current, dispatched, unmount } = order()
  await act(() => current().move(one, 'down'))
  const { intent } = dispatched[0] ?? {}
  expect(intent?.kind === 'move' && intent.position > 'd' && intent.position < 'f').toBe(true)
  unmount()
})

test('a task at the end of its group moves no further, nor does one alone, in a folded group, or in no group', async () => {
  const { act, current, dispatched, unmount } = order()
  await act(() => {
    expect(current().move(one, 'up')).toBe(false)
    expect(current().move(one, 'first')).toBe(false)
    expect(current().move(three, 'down')).toBe(false)
    expect(current().move(four_, 'up')).toBe(false)
    expect(current().move(taskWith({ id: 9 }), 'up')).toBe(false)
  })
  expect([dispatched, current().announcement]).toEqual([[], ''])
  expect([one, four_, { ...one, completed: true }].map((task) => current().canMove(task))).toEqual([true, false, false])
  unmount()
})

test('a list in another order says how tasks are moved, and moves none', async () => {
  const { act, current, dispatched, toasts, unmount } = order({ isManual: false })
  await act(() => expect(current().move(two, 'up')).toBe(false))
  expect(dispatched).toEqual([])
  expect(toasts.map(({ title }) => title)).toEqual(['Sort the list by “My order” to move tasks'])
  expect(current().canMove(two)).toBe(false)
  unmount()
})

test('a task is dropped between two others, above the first, or below the last', async () => {
  const { act, current, dispatched, unmount } = order()
  await act(() => {
    expect(current().drop(three, { above: 10, below: 20 })).toBe(true)
    expect(current().drop(three, { above: undefined, below: 10 })).toBe(true)
    expect(current().drop(one, { above: 30, below: undefined })).toBe(true)
    // Where it stands already, and where nothing else is.
    expect(current().drop(two, { above: 10, below: 30 })).toBe(false)
    expect(current().drop(two, { above: undefined, below: undefined })).toBe(false)
  })
  const places = dispatched.map(({ intent }) => (intent.kind === 'move' ? [intent.place, intent.otherwise] : []))
  expect(places).toEqual([
    [{ after: 1 }, { before: 2 }],
    [{ before: 1 }, undefined],
    [{ after: 3 }, undefined],
  ])
  unmount()
})

function drafting(tasks: readonly Task[] = [one, two], options: Parameters<typeof fakeWorkspace>[0] = {}) {
  const made = fakeWorkspace({ tasks, ...options })
  return { ...made, drafts: made.workspace.drafts, ...renderHook(useDraft, true, made.wrap) }
}

test('a task that is opened is edited as it is now, and the draft survives a reload until it is discarded', async () => {
  const { act, current, drafts, show, unmount } = drafting()
  show({ tasks: [{ ...one, title: 'Newer' }] })
  await act(() => current().begin(one, 2))
  expect(current().draft).toMatchObject({ title: 'Newer', caret: 2, base: { id: 1 } })
  expect(drafts.load().edit).toEqual(current().draft)
  await act(() => current().discard())
  expect([current().draft, drafts.load().edit]).toEqual([undefined, undefined])
  unmount()
})

test('a task that the list does not have any more is opened as it was', async () => {
  const { act, current, unmount } = drafting([])
  await act(() => current().begin(one))
  expect(current().draft?.base).toEqual(one)
  unmount()
})

test('opening another task saves what was edited in the first', async () => {
  const { act, current, dispatched, unmount } = drafting()
  await act(() => current().begin(one))
  await act(() => current().setDraft({ ...draftOf(one), title: ' New ', description: ' Why ' }))
  await act(() => current().begin(two))
  expect(dispatched).toEqual([{ id: 1, intent: { kind: 'edit', fields: { title: 'New', description: 'Why' } } }])
  expect(current().draft?.base.id).toBe(2)
  await act(() => current().begin(one))
  expect(dispatched).toHaveLength(1)
  unmount()
})

test('the draft of a new task is stored under the id that the server assigns, so that a reload finds its task', async () => {
  const fresh = taskWith({ id: -1, version: 0, title: 'New' })
  // Somebody else has changed it since: saving must find that out.
  const accepted = { ...fresh, id: 7, version: 2, title: 'Newer' }
  const { act, current, drafts, show, render, toasts, workspace, unmount } = drafting([fresh])
  await act(() => current().begin(fresh))
  await act(() => current().setDraft({ ...draftOf(fresh), description: 'Why' }))
  expect(drafts.load().edit?.base.id).toBe(-1)
  // A task is found by its provisional id until the page is left.
  Object.assign(workspace.replica, { task: (id: number) => (id === -1 || id === 7 ? accepted : undefined) })
  await act(() => show({ tasks: [accepted] }))
  render(true)
  await act(() => {})
  expect(drafts.load().edit).toEqual({ ...draftOf(fresh), description: 'Why', base: { ...fresh, id: 7, version: 1 } })
  expect(current().draft).toEqual(drafts.load().edit)
  expect(toasts).toEqual([])
  unmount()
})

test('a rejected edit is opened again, and what is being edited is saved before', async () => {
  const { act, current, dispatched, drafts, unmount } = drafting()
  await act(() => current().begin(one))
  await act(() => current().setDraft({ ...draftOf(one), title: 'Changed' }))
  const rejected = { ...draftOf(two), description: 'Typed' }
  await act(() => drafts.reopen(rejected))
  expect([current().draft, drafts.load().edit]).toEqual([rejected, rejected])
  expect(dispatched).toEqual([{ id: 1, intent: { kind: 'edit', fields: { title: 'Changed' } } }])
  unmount()
})

test('a rejected edit does not take the place of one that cannot be saved', async () => {
  const { act, current, drafts, toasts, unmount } = drafting()
  const untitled = { ...draftOf(one), title: '' }
  await act(() => current().setDraft(untitled))
  let isOpen: boolean | undefined
  await act(() => void (isOpen = drafts.reopen(draftOf(two))))
  expect([isOpen, current().draft, toasts.length]).toEqual([false, untitled, 1])
  unmount()
})

test('where the list is not shown a rejected edit is opened once it is', async () => {
  const made = fakeWorkspace({ tasks: [one, two] })
  made.workspace.drafts.reopen(draftOf(two))
  const shown = renderHook(useDraft, true, made.wrap)
  await shown.act(() => {})
  expect(shown.current().draft?.base.id).toBe(2)
  await shown.act(() => shown.current().discard())
  shown.unmount()
  const again = renderHook(useDraft, true, made.wrap)
  await again.act(() => {})
  expect(again.current().draft).toBeUndefined()
  again.unmount()
})

test('an empty description is none, and saving what was not changed sends nothing', async () => {
  const described = { ...one, description: 'Why' }
  const { current, dispatched, unmount } = drafting([described])
  current().save({ ...draftOf(described), description: '  ' })
  current().save(draftOf(described))
  expect(dispatched).toEqual([{ id: 1, intent: { kind: 'edit', fields: { description: null } } }])
  unmount()
})

test('a draft that cannot be saved stays open, and says why', async () => {
  const { act, current, dispatched, toasts, unmount } = drafting()
  await act(() => current().begin(one))
  await act(() => current().setDraft({ ...draftOf(one), title: ' ' }))
  await act(() => current().begin(two))
  expect(current().draft?.base.id).toBe(1)
  expect(dispatched).toEqual([])
  expect(toasts).toMatchObject([
    { title: 'The task that you are editing cannot be saved yet', priority: 'high', description: expect.any(String) },
  ])
  unmount()
})

test('the draft of a task that is deleted elsewhere stays, and the deletion can be undone', async () => {
  const deletion = { ...changeOf(9, one, null), task_id: 1 }
  const { act, current, show, render, toasts, undone, unmount } = drafting([one], { changes: [deletion] })
  await act(() => current().begin(one))
  expect(toasts).toEqual([])
  await act(() => show({ tasks: [] }))
  render(true)
  render(true)
  expect(toasts).toMatchObject([
    { title: '“Task 1” was deleted while you were editing it', priority: 'high', timeout: 0 },
  ])
  expect(current().draft?.base.id).toBe(1)
  toasts[0]?.actionProps?.onClick()
  expect(undone).toEqual([deletion])
  unmount()
})

test('an earlier deletion of the task that is edited is not offered to be undone', async () => {
  const changes = [changeOf(9, one, null), changeOf(10, null, { ...one, version: 3 })]
  for (const heard of [changes, changes.slice(0, 1)]) {
    const restored = { ...one, title: 'Renamed', version: 4 }
    const { act, current, render, show, toasts, unmount } = drafting([restored], { changes: heard })
    await act(() => current().begin(restored))
    await act(() => show({ tasks: [] }))
    render(true)
    expect(toasts.map(({ actionProps }) => actionProps)).toEqual([undefined])
    await act(() => current().discard())
    unmount()
  }
})

test('a deletion that has not been answered yet is undone from the draft of its task', async () => {
  const changes = [changeOf(9, one, null)]
  const { act, current, render, show, toasts, undone, unmount } = drafting([one], { changes })
  await act(() => current().begin(one))
  const waiting = [
    writeOf(two, { kind: 'delete' }),
    writeOf(one, { kind: 'delete' }, { withdrawn: true }),
    writeOf(one, { kind: 'delete' }),
  ]
  await act(() => show({ tasks: [], waiting }))
  render(true)
  toasts[0]?.actionProps?.onClick()
  expect(undone).toEqual([[waiting[2]]])
  unmount()
})

test('while tasks are loading none counts as deleted', () => {
  const made = fakeWorkspace()
  made.workspace.drafts.save({ edit: draftOf(one) })
  const { render, unmount } = renderHook(useDraft, false, made.wrap)
  expect(made.toasts).toEqual([])
  render(true)
  expect(made.toasts).toHaveLength(1)
  unmount()
})

interface Shown {
  readonly tasks?: readonly Task[]
  readonly isComplete?: boolean
}

/** Follows a link in a list that shows some of the tasks. */
function followed(hash: string, first: Shown, known: readonly Task[]) {
  Object.assign(location, { hash })
  const found: number[] = []
  const follow = ({ tasks = [], isComplete = true }: Shown) =>
    useLinkedTask({ route: routeOf(hash), tasks, isComplete, onFound: (row) => void found.push(row) })
  const { render, unmount } = renderHook(follow, first, fakeWorkspace({ tasks: known }).wrap)
  return { render, unmount, found, address: () => location.hash }
}

test('a link leads to the row of its task once all tasks are there, and not again', () => {
  const { address, found, render, unmount } = followed('#/today/task/2', { isComplete: false }, [one, two])
  expect([found, address()]).toEqual([[], '#/today/task/2'])
  render({ tasks: [one, two] })
  render({ tasks: [two, one] })
  expect([found, address()]).toEqual([[1], '#/today/task/2'])
  unmount()
})

test('an address without a task leads nowhere', () => {
  const { address, found, unmount } = followed('#/today/history/2', { tasks: [two] }, [two])
  expect([found, address()]).toEqual([[], '#/today/history/2'])
  unmount()
})

test.each([
  ['#/today/task/1', one, '#/all/task/1'],
  ['#/all/task/1?search=other', one, '#/all/task/1'],
  ['#/all/task/1?priority=high', one, '#/all/task/1'],
  ['#/all/task/1', one, '#/all/task/1'],
  ['#/all/task/1', { ...one, completed: true }, '#/completed/task/1'],
  ['#/tag/home/task/9?search=a', one, '#/tag/home/history/9?search=a'],
])('%s, whose view does not show the task, leads to where it is shown', (hash, task, to) => {
  const { address, found, unmount } = followed(hash, {}, [task])
  expect([found, address()]).toEqual([[], to])
  unmount()
})

const noon = momentAt(new Date('2026-03-02T12:00:00Z'), 'UTC')

test('a task that the view does not show is offered, until a view shows it', async () => {
  const made = fakeWorkspace({ tasks: [one] })
  const { current, render, unmount } = renderHook(
    (view: 'today' | 'all') => useShowTask({ view }, noon),
    'today',
    made.wrap,
  )
  current()(1, 'added')
  expect(made.toasts.map(({ title }) => title)).toEqual(['“Task 1” was added. This view does not show it'])
  render('today')
  expect(made.closed).toEqual([])
  made.toasts[0]?.actionProps?.onClick()
  expect(location.hash).toBe('#/all/task/1')
  render('all')
  render('all')
  expect(made.closed).toEqual(['news'])
  current()(1, 'saved')
  current()(99, 'saved')
  expect(made.toasts).toHaveLength(1)
  unmount()
})

test('a task that is shown withdraws what was said of another', () => {
  const made = fakeWorkspace({ tasks: [one, taskWith({ id: 5, due_date: '2026-03-02' })] })
  const { current, unmount } = renderHook(() => useShowTask({ view: 'today' }, noon), undefined, made.wrap)
  current()(1, 'saved')
  expect(made.toasts.map(({ title }) => title)).toEqual(['“Task 1” was saved. This view does not show it'])
  current()(5, 'added')
  expect([made.toasts.length, made.closed]).toEqual([1, ['news']])
  unmount()
})

function acting() {
  const made = fakeWorkspace({ zone: 'Asia/Tokyo' })
  const { current, unmount } = renderHook(useTaskActions, undefined, made.wrap)
  const { toasts, dispatched } = made
  return { actions: current(), dispatched, said: () => toasts.map(({ title }) => title), unmount }
}

test('a task is completed with news of it, and reopened without', () => {
  const { actions, dispatched, said, unmount } = acting()
  expect([actions.toggle(one), actions.toggle({ ...one, completed: true })]).toEqual([true, false])
  expect(dispatched.map(({ intent }) => intent.kind)).toEqual(['complete', 'reopen'])
  expect(said()).toEqual(['“Task 1” was completed'])
  unmount()
})

test('planning and prioritising send what differs, and say what is so then', () => {
  const { actions, dispatched, said, unmount } = acting()
  actions.prioritise(one, null)
  actions.plan(one, null)
  expect(dispatched).toEqual([])
  actions.prioritise(one, 'high')
  actions.prioritise({ ...one, priority: 'low' }, null)
  actions.plan({ ...one, due_date: '2026-03-02' }, null)
  actions.plan(one, '2001-05-06')
  expect(said()).toEqual([
    '“Task 1” has priority High now',
    '“Task 1” has no priority now',
    '“Task 1” has no date now',
    expect.stringContaining('2001'),
  ])
  expect(dispatched.map(({ intent }) => intent)).toEqual([
    { kind: 'edit', fields: { priority: 'high' } },
    { kind: 'edit', fields: { priority: null } },
    { kind: 'edit', fields: { due_date: null } },
    { kind: 'edit', fields: { due_date: '2001-05-06' } },
  ])
  unmount()
})

test('a recurring task is skipped in the zone of the user, and the last one of a series is not', () => {
  const { actions, dispatched, said, unmount } = acting()
  const day = '2026-03-02'
  const recurrence = { rule: 'FREQ=DAILY', next: 'upcoming', start: day, occurrence: day, number: 1 } as const
  actions.skip(taskWith({ id: 3, title: 'Run', due_date: day, recurrence }))
  expect(dispatched).toEqual([{ id: 3, intent: { kind: 'skip', zone: 'Asia/Tokyo' } }])
  actions.skip(
    taskWith({ id: 3, title: 'Run', due_date: day, recurrence: { ...recurrence, rule: 'FREQ=DAILY;COUNT=1' } }),
  )
  expect(dispatched).toHaveLength(1)
  expect(said()).toEqual([expect.stringContaining('“Run” is due'), '“Run” does not repeat after this day'])
  unmount()
})

test('an item of a checklist is ticked, and a task removed', () => {
  const { actions, dispatched, said, unmount } = acting()
  actions.check(one, 'a', true)
  actions.remove(one)
  expect(dispatched.map(({ intent }) => intent)).toEqual([
    { kind: 'check', item_id: 'a', done: true },
    { kind: 'delete' },
  ])
  expect(said()).toEqual(['“Task 1” was moved to the trash'])
  unmount()
})
