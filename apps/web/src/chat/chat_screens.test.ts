import { TaskwireError, limits } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { changeOf, openPage, taskWith } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import type { Change } from '../client.ts'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { ChangeSummary } from './change_summary.tsx'
import { Composer } from './composer.tsx'
import { ConversationList } from './conversation_list.tsx'
import { ConversationView } from './conversation_view.tsx'
import { ToolCalls } from './tool_calls.tsx'

const { chat, account, shell } = t

let undone: number[]
let said: string[]
beforeEach(() => {
  openPage()
  undone = []
  said = []
})

/** A part of the chat of a user whose server answers so. */
async function shown<Props extends object>(
  component: ComponentType<Props>,
  props: Props,
  client: object = {},
  connection = 'online',
) {
  const snapshot = { connection }
  const utc = { time_zone: 'UTC' }
  const workspace = {
    client,
    replica: { onChange: () => () => {}, subscribe: () => () => {}, snapshot: () => snapshot },
    settings: { current: () => utc, subscribe: () => () => {} },
    undoStack: { undoChange: ({ seq }: Change) => undone.push(seq) },
    notify: (text: string) => said.push(text),
  } as unknown as Workspace
  const screen = await renderScreen(
    createElement(WorkspaceContext, { value: workspace }, createElement(component, props)),
  )
  onTestFinished(screen.unmount)
  return screen
}

const change = (seq: number, details: Partial<Change> = {}): Change => ({
  ...changeOf(seq, null, taskWith({ id: seq, title: `Task ${seq}` })),
  via: 'chat',
  conversation_id: 5,
  ...details,
})

test('the changes of an answer are undone from the last to the first, without those that are undone already', async () => {
  const changes = [change(1), change(2), change(3)]
  const { click, document } = await shown(ChangeSummary, { changes, all: [...changes, change(4, { undoes: 2 })] })
  const marked = [...document.querySelectorAll('li')].map((item) => item.dataset['undone'])
  expect(marked).toEqual([undefined, 'true', undefined])
  await click(chat.undoChanges)
  expect([undone, said]).toEqual([[3, 1], [chat.changesUndone]])
})

test('where all changes of an answer are undone there is nothing to undo', async () => {
  const { buttons } = await shown(ChangeSummary, { changes: [change(1)], all: [change(1), change(2, { undoes: 1 })] })
  expect(buttons()).toEqual([])
  expect((await shown(ChangeSummary, { changes: [], all: [] })).text()).toBe('')
})

test('a tool call is said by its name and its task, and one that failed is marked', async () => {
  const calls = [
    { tool: 'add_task', args: {}, result: { task_id: 7, title: 'Milk' } },
    { tool: 'invented', args: {}, result: { code: 'task_not_found', detail: 'No such task' } },
    { tool: 'list_tasks', args: {}, result: { task_id: '7', title: 'Milk' } },
  ]
  const { document, find } = await shown(ToolCalls, { calls })
  const items = [...document.querySelectorAll('li')]
  expect(items.map((item) => [item.textContent.trim(), item.dataset['failed']])).toEqual([
    ['Add Milk', undefined],
    ['invented No such task', 'true'],
    ['List tasks', undefined],
  ])
  expect(find('a').getAttribute('href')).toBe('#/all/task/7')
})

const conversation = (id: number) => ({ id, title: `Talk ${id}`, updated_at: '2026-03-02T12:00:00Z' })

/** The list of conversations of a server with these pages. */
async function listed(pages: readonly (object | Error)[], remove: () => Promise<unknown> = async () => ({})) {
  const asked: unknown[] = []
  const chosen: unknown[] = []
  async function query(input: object) {
    const page = pages[asked.push(input) - 1]
    if (page === undefined || page instanceof Error) throw page ?? new TaskwireError('unreachable')
    return page
  }
  function mutate(input: object) {
    chosen.push(input)
    return remove()
  }
  const screen = await shown(
    ConversationList,
    { current: 1, onSelect: (id) => chosen.push(['select', id]), onDeleted: (id) => chosen.push(['deleted', id]) },
    { conversation: { list: { query }, delete: { mutate } } },
  )
  const titles = () => [...screen.document.querySelectorAll('.conversation-title')].map((title) => title.textContent)
  return { ...screen, asked, chosen, titles }
}

test('conversations are read page by page, each page after those before', async () => {
  const { asked, buttons, click, document, titles } = await listed([
    { items: [conversation(1)], next_cursor: 'c' },
    { items: [conversation(2)], next_cursor: null },
  ])
  await click(shell.showMore)
  expect(titles()).toEqual([expect.stringContaining('Talk 1'), expect.stringContaining('Talk 2')])
  expect(asked).toEqual([{ limit: 50 }, { limit: 50, cursor: 'c' }])
  expect(buttons()).not.toContain(shell.showMore)
  expect([...document.querySelectorAll('[aria-current]')].map((title) => title.textContent)).toEqual([titles()[0]])
})

test('a conversation is deleted after a question, which leaving its button takes back', async () => {
  const { act, buttons, chosen, click, find, titles } = await listed([
    { items: [conversation(1), conversation(2)], next_cursor: null },
  ])
  await click(chat.deleteConversation('Talk 2'))
  await act(() => find(`[aria-label="${chat.confirmDeletion('Talk 2')}"]`).blur())
  expect(buttons()).toContain(chat.deleteConversation('Talk 2'))
  expect(chosen).toEqual([])
  await click(chat.deleteConversation('Talk 2'))
  await click(chat.confirmDeletion('Talk 2'))
  expect(chosen).toEqual([{ conversation_id: 2 }, ['deleted', 2]])
  expect(titles()).toEqual([expect.stringContaining('Talk 1')])
})

test('a conversation that cannot be deleted stays in the list, and a list that cannot be read says so', async () => {
  const down = new TaskwireError('unreachable')
  const { chosen, click, find, titles } = await listed([{ items: [conversation(1)], next_cursor: null }], () =>
    Promise.reject(down),
  )
  await click(chat.deleteConversation('Talk 1'))
  await click(chat.confirmDeletion('Talk 1'))
  expect([chosen, titles().length]).toEqual([[{ conversation_id: 1 }], 1])
  expect(find('[role=alert]').textContent).toBe(account.errors.unreachable)
  const broken = await listed([down])
  expect(broken.find('[role=alert]').textContent).toBe(account.errors.unreachable)
  expect(broken.text()).not.toContain(shell.loadingNow)
})

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute)).toISOString()

test('an answer shows the changes that were made between its question and itself', async () => {
  const message = (id: number, role: string, minute: number) => ({ id, role, content: `${id}`, created_at: at(minute) })
  const items = [message(1, 'user', 1), message(2, 'assistant', 3), message(3, 'user', 4), message(4, 'assistant', 6)]
  const changes = [1, 3, 4, 6].map((minute) => change(minute, { created_at: at(minute) }))
  const byHand = change(9, { created_at: at(5), via: 'trpc' })
  const { document } = await shown(
    ConversationView,
    { conversation_id: 5, onStarted: () => {} },
    {
      conversation: { messages: { query: async () => ({ items, next_cursor: null }) } },
      change: { list: { query: async () => ({ changes: [...changes, byHand], next: 9, has_more: false }) } },
    },
  )
  const bubbles = [...document.querySelectorAll('.bubble-assistant')]
  expect(bubbles.map((bubble) => [...bubble.querySelectorAll('a')].map(({ textContent }) => textContent))).toEqual([
    ['Task 1', 'Task 3'],
    ['Task 4', 'Task 6'],
  ])
})

test('an example is sent by a click, and shows while it is answered', async () => {
  const sent: object[] = []
  async function* answer() {
    yield { type: 'delta', text: 'Two' }
    await new Promise(() => {})
  }
  const mutate = async (request: object) => {
    sent.push(request)
    return answer()
  }
  const { buttons, click, find } = await shown(
    ConversationView,
    { conversation_id: undefined, onStarted: () => {} },
    {
      chat: { stream: { mutate } },
    },
  )
  const [example] = chat.examples
  await click(example)
  expect(sent).toEqual([{ message: example, conversation_id: undefined }])
  expect([find('.bubble-user').textContent, find('.bubble-assistant').textContent]).toEqual([example, 'Two'])
  expect(buttons()).toContain(chat.stop)
})

/** The field of a chat, what was sent by it, and how to write in it and press a key. */
async function composer(isBusy = false, connection = 'online') {
  const sent: string[] = []
  const screen = await shown(Composer, { isBusy, onSend: (text) => sent.push(text), onStop: () => {} }, {}, connection)
  const field = () => screen.find<HTMLTextAreaElement>('textarea')
  const { Event, KeyboardEvent } = screen.document.defaultView as unknown as typeof globalThis
  const write = (text: string) =>
    screen.act(() => {
      // React tells what was typed from what it has set itself by the setter of the element's class.
      Reflect.set(Object.getPrototypeOf(field()), 'value', text, field())
      field().dispatchEvent(new Event('input', { bubbles: true }))
    })
  const press = (init: KeyboardEventInit = {}) =>
    screen.act(() =>
      field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init })),
    )
  return { ...screen, sent, field, write, press }
}

test('Enter sends what was written once, and neither a new line nor a letter that is still composed does', async () => {
  const { field, press, sent, write } = await composer()
  await write('hello')
  await press({ shiftKey: true })
  await press({ isComposing: true })
  expect([sent, field().value]).toEqual([[], 'hello'])
  await press()
  await press()
  expect([sent, field().value]).toEqual([['hello'], ''])
})

test('a message has at most as many characters as the server takes, which are counted in code points', async () => {
  const { press, sent, text, write } = await composer()
  const longest = '🦆'.repeat(limits.chatMessageLength)
  await write(`${longest}x`)
  await press()
  expect([sent, text()]).toEqual([[], expect.stringContaining(chat.tooLong(4001, 4000))])
  await write(longest)
  expect(text()).not.toContain(chat.tooLong(4000, 4000))
  await press()
  expect(sent).toEqual([longest])
})

test('nothing is sent of blanks, while an answer is written, or without a connection', async () => {
  for (const [isBusy, connection, message] of [
    [false, 'online', ' '],
    [true, 'online', 'hello'],
    [false, 'offline', 'hello'],
  ] as const) {
    const { field, press, sent, write } = await composer(isBusy, connection)
    await write(message)
    await press()
    expect([sent, field().value]).toEqual([[], message])
  }
})
