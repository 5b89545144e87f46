import { expect, test } from 'vitest'
import { withDefaults, type PendingWrite } from '@taskwire/offline'
import { createMessages, undoneText, type ToastOptions } from './messages.ts'

/** Messages, what is shown of them, and what they asked to undo. */
function messagesShown() {
  const shown: ToastOptions[] = []
  const undone: (readonly PendingWrite[])[] = []
  const closed: string[] = []
  const toasts = {
    add: (toast: ToastOptions) => `toast ${shown.push(toast)}`,
    close: (id: string) => void closed.push(id),
  }
  const messages = createMessages(toasts, (writes) => undone.push(writes))
  return { messages, shown, closed, undone }
}

function write(title: string): PendingWrite {
  const time = '2026-01-01T00:00:00.000Z'
  const base = withDefaults({ id: 1, user_id: 'ada', title, created_at: time, updated_at: time, version: 1 })
  return { key: title, at: 1, user_id: 'ada', task_id: 1, tab: 'a', base, intent: { kind: 'delete' } }
}

test('deletions one after the other are one message, which undoes all of them', () => {
  const { messages, shown, undone } = messagesShown()
  const writes = [write('One'), write('Two'), write('Three')]
  for (const deletion of writes) messages.announce('deleted', deletion)
  expect(shown.map(({ id, title }) => [id, title])).toEqual([
    ['news', '“One” was moved to the trash'],
    ['news', '2 tasks were moved to the trash'],
    ['news', '3 tasks were moved to the trash'],
  ])
  shown.at(-1)?.actionProps?.onClick?.()
  expect(undone).toEqual([writes])
})

test('news of another kind, or after the message is gone, begins anew', () => {
  const { messages, shown } = messagesShown()
  messages.announce('deleted', write('One'))
  messages.announce('completed', write('Two'))
  messages.announce('completed', write('Three'))
  shown.at(-1)?.onClose?.()
  messages.announce('completed', write('Four'))
  messages.notify('Settings saved')
  messages.announce('completed', write('Five'))
  expect(shown.map(({ title }) => title)).toEqual([
    '“One” was moved to the trash',
    '“Two” was completed',
    '2 tasks were completed',
    '“Four” was completed',
    'Settings saved',
    '“Five” was completed',
  ])
})

test('a problem with something to do about it stays until that was done', () => {
  const { messages, shown, closed } = messagesShown()
  let runs = 0
  messages.offerProblem('“One” was not saved', 'Why', { label: 'Edit again', run: () => ++runs === 2 })
  shown[0]?.actionProps?.onClick()
  expect(closed).toEqual([])
  expect(shown).toMatchObject([
    {
      title: '“One” was not saved',
      description: 'Why',
      priority: 'high',
      timeout: 0,
      actionProps: { children: 'Edit again' },
    },
  ])
  expect([shown[0]?.id, runs]).toEqual([undefined, 1])
  shown[0]?.actionProps?.onClick()
  expect(closed).toEqual(['toast 1'])
})

test('news replaces news, problems stand on their own', () => {
  const { messages, shown } = messagesShown()
  messages.offer('“One” was added. This view does not show it', { label: 'Show', run: () => {} })
  messages.notify('Saved')
  messages.notify('“One” was not saved', 'Why', 'high')
  expect(shown).toMatchObject([
    { id: 'news', actionProps: { children: 'Show' } },
    { id: 'news', title: 'Saved', actionProps: undefined },
    { title: '“One” was not saved', type: 'problem' },
  ])
  expect(shown[2]).not.toHaveProperty('id')
})

test('an offer is withdrawn, and not the news that has replaced it', () => {
  const { messages, closed } = messagesShown()
  const withdrawFirst = messages.offer('“One” was added. This view does not show it', { label: 'Show', run: () => {} })
  const withdraw = messages.offer('“Two” was added. This view does not show it', { label: 'Show', run: () => {} })
  withdrawFirst()
  expect(closed).toEqual([])
  withdraw()
  expect(closed).toEqual(['news'])
})

test('an undo says what it did', () => {
  expect(undoneText({ kind: 'create', title: 'One' })).toBe('Undone: “One” was removed')
  expect(undoneText({ kind: 'completed', title: 'One' })).toBe('Undone: “One” is pending again')
  expect(undoneText({ kind: 'edit', title: undefined })).toBe('Undone')
  const kinds = [
    'deleted',
    'delete',
    'complete',
    'reopen',
    'reopened',
    'created',
    'skip',
    'move',
    'edit',
    'updated',
  ] as const
  const texts = kinds.map((kind) => undoneText({ kind, title: 'One' }))
  expect(texts).toEqual([
    'Undone: “One” was restored',
    'Undone: “One” was restored',
    'Undone: “One” is pending again',
    expect.stringContaining('completed'),
    expect.stringContaining('completed'),
    'Undone: “One” was removed',
    expect.stringContaining('day'),
    expect.stringContaining('place'),
    expect.stringContaining('One'),
    expect.stringContaining('One'),
  ])
})

test('writes that were made together are one message with one undo, and none of no writes', () => {
  const { messages, shown, undone } = messagesShown()
  messages.announceAll('deleted', [])
  expect(shown).toEqual([])
  const writes = [write('One'), write('Two')]
  messages.announceAll('deleted', writes)
  shown[0]?.actionProps?.onClick()
  messages.announce('deleted', write('Three'))
  expect(shown.map(({ title }) => title)).toEqual([
    '2 tasks were moved to the trash',
    '3 tasks were moved to the trash',
  ])
  expect(undone).toEqual([writes])
})

test('news in its own words undoes its write alone, and ends what was counted', () => {
  const { messages, shown, undone } = messagesShown()
  const [one, two] = [write('One'), write('Two')]
  messages.announce('deleted', one)
  messages.offerUndo('“Two” was moved', two)
  shown[1]?.actionProps?.onClick()
  messages.announce('deleted', write('Three'))
  expect(shown.map(({ title }) => title)).toEqual([
    '“One” was moved to the trash',
    '“Two” was moved',
    '“Three” was moved to the trash',
  ])
  expect(undone).toEqual([[two]])
})

test('an action of an offer is run, and the news after it has none', () => {
  const { messages, shown } = messagesShown()
  let runs = 0
  messages.offer('A new version', { label: 'Reload', run: () => runs++ })
  shown[0]?.actionProps?.onClick()
  messages.notify('Saved', 'Why')
  expect([runs, shown[1]?.actionProps, shown[1]?.description]).toEqual([1, undefined, 'Why'])
  messages.notify('Lost', undefined, 'high')
  expect(shown.map(({ priority }) => priority)).toEqual(['low', 'low', 'high'])
})
