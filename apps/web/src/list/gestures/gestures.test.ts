import { openDocument } from '@taskwire/offline/testing/document'
import { createElement, useRef } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useHeldWhilePressed } from './use_held_while_pressed.ts'
import { useRowGestures } from './use_row_gestures.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const HEIGHT = 40

/** Four rows below each other, the last in a group of its own, and what was done to them by pointer. */
async function rows(canDrag = true) {
  const screen = await openDocument()
  const done: unknown[] = []
  const clicked: string[] = []
  const scrolled: number[] = []
  Object.assign(globalThis, { innerHeight: 600, scrollBy: (_x: number, y: number) => scrolled.push(y) })
  const row = (key: number) =>
    createElement(
      'li',
      {
        key,
        id: `row-${key}`,
        className: 'item',
        'data-row': key,
        'data-key': key,
        'data-group': key === 4 ? 'b' : 'a',
      },
      createElement('div', { className: 'row', onClick: () => clicked.push(`row ${key}`) }, [
        createElement('input', { key: 'box', id: `box-${key}` }),
        createElement('span', { key: 'name', id: `name-${key}` }),
      ]),
    )
  function List() {
    const list = useRef<HTMLUListElement>(null)
    useRowGestures({
      list,
      canDrag: () => canDrag,
      onDrop: (key, neighbours) => done.push(['drop', key, neighbours.above, neighbours.below]),
      onSwipe: (key, side) => done.push(['swipe', key, side]),
      hints: { left: 'Plan', right: 'Complete' },
    })
    // A row that was pinned may stand elsewhere in the document than on the screen.
    return createElement('ul', { ref: list, id: 'list' }, [1, 3, 2, 4].map(row))
  }
  await screen.render(createElement(List))
  const top = (key: number) => 200 + (key - 1) * HEIGHT
  for (const key of [1, 2, 3, 4]) {
    const box = { top: top(key), height: HEIGHT, bottom: top(key) + HEIGHT }
    Object.assign(screen.find(`#row-${key}`), { getBoundingClientRect: () => box })
  }
  const pointer = (type: string, x: number, y: number, details: object = {}) => {
    const at = { clientX: x, clientY: y, button: 0, isPrimary: true, pointerId: 1, pointerType: 'mouse', ...details }
    return screen.dispatch(screen.find('#name-1'), type, at)
  }
  const finger = { pointerType: 'touch' }
  return {
    ...screen,
    done,
    clicked,
    scrolled,
    pointer,
    /** Presses the first row, by mouse. */
    press: (details?: object) => pointer('pointerdown', 100, 210, details),
    touch: () => pointer('pointerdown', 100, 210, finger),
    isDragging: () => document.documentElement.dataset['dragging'] !== undefined,
    swiped: () => screen.find('#row-1').dataset['swipe'],
    line: () => document.querySelector('.drop-line'),
  }
}

test('a mouse drags a row once it has moved by five pixels, and lets it fall between two others of its group', async () => {
  const { done, find, isDragging, line, pointer, press, unmount } = await rows()
  await press()
  await pointer('pointermove', 100, 214)
  expect(isDragging()).toBe(false)
  await pointer('pointermove', 100, 215)
  expect([isDragging(), find('#row-1').style.translate]).toEqual([true, '0 5px'])
  // The middle of the second row is at 260.
  await pointer('pointermove', 100, 259)
  expect(find('.drop-line').style.translate).toBe('0 240px')
  await pointer('pointermove', 100, 260)
  expect(find('.drop-line').style.translate).toBe('0 280px')
  await pointer('pointerup', 100, 260)
  expect(done).toEqual([['drop', 1, 2, 3]])
  expect([isDragging(), line(), find('#row-1').style.translate]).toEqual([false, null, ''])
  await unmount()
})

test('a row that is dragged below its group falls at the end of that', async () => {
  const { done, pointer, press, unmount } = await rows()
  await press()
  await pointer('pointermove', 100, 400)
  await pointer('pointerup', 100, 400)
  expect(done).toEqual([['drop', 1, 3, undefined]])
  await unmount()
})

test('the click at the end of a drag is none, and the next one is', async () => {
  const { act, click, clicked, pointer, press, unmount } = await rows()
  await press()
  await pointer('pointermove', 100, 300)
  await pointer('pointerup', 100, 300)
  await click('#name-1')
  expect(clicked).toEqual([])
  await act(() => vi.runOnlyPendingTimers())
  await click('#name-1')
  expect(clicked).toEqual(['row 1'])
  await unmount()
})

test('a press without a move is a click', async () => {
  const { click, clicked, done, pointer, press, unmount } = await rows()
  await press()
  await pointer('pointerup', 100, 210)
  await click('#name-1')
  expect([clicked, done]).toEqual([['row 1'], []])
  await unmount()
})

test('Escape and a cancelled pointer end a drag without effect', async () => {
  const { done, isDragging, line, pointer, press: start, press, find, dispatch, unmount } = await rows()
  const keys: string[] = []
  window.addEventListener('keydown', ({ key }) => keys.push(key))
  for (const end of [
    () => dispatch(find('#name-1'), 'keydown', { key: 'Escape' }),
    () => dispatch(window, 'pointercancel'),
    () => start(),
  ]) {
    await press()
    await pointer('pointermove', 100, 300)
    expect(isDragging()).toBe(true)
    await end()
    expect([isDragging(), line()]).toEqual([false, null])
    await pointer('pointerup', 100, 300)
  }
  expect([done, keys]).toEqual([[], []])
  await unmount()
})

test('only the main button of the first pointer drags, and no control of the row is dragged', async () => {
  const { dispatch, find, isDragging, pointer, press, unmount } = await rows()
  for (const details of [{ button: 2 }, { isPrimary: false }]) {
    await press(details)
    await pointer('pointermove', 100, 300)
    expect(isDragging()).toBe(false)
  }
  await dispatch(find('#box-1'), 'pointerdown', { button: 0, isPrimary: true, pointerId: 1, clientX: 0, clientY: 0 })
  await pointer('pointermove', 100, 300)
  expect(isDragging()).toBe(false)
  await press()
  await pointer('pointermove', 100, 300, { pointerId: 2 })
  expect(isDragging()).toBe(false)
  await unmount()
})

test('a list in another order is not dragged', async () => {
  const { done, isDragging, pointer, press, unmount } = await rows(false)
  await press()
  await pointer('pointermove', 100, 300)
  expect(isDragging()).toBe(false)
  await pointer('pointerup', 100, 300)
  expect(done).toEqual([])
  await unmount()
})

test('a finger drags after 350 ms, and the page does not scroll meanwhile', async () => {
  const { act, dispatch, find, done, isDragging, pointer, touch, unmount } = await rows()
  const isKept = async (type: string) => {
    let isPrevented = false
    const watch = (event: Event) => (isPrevented = event.defaultPrevented)
    window.addEventListener(type, watch)
    await dispatch(find('#name-1'), type)
    window.removeEventListener(type, watch)
    return isPrevented
  }
  expect(await isKept('contextmenu')).toBe(false)
  await touch()
  expect(await isKept('contextmenu')).toBe(true)
  await act(() => vi.advanceTimersByTime(349))
  expect([isDragging(), await isKept('touchmove')]).toEqual([false, false])
  await act(() => vi.advanceTimersByTime(1))
  expect([isDragging(), await isKept('touchmove')]).toEqual([true, true])
  await pointer('pointermove', 100, 260)
  await pointer('pointerup', 100, 260)
  expect(done).toEqual([['drop', 1, 2, 3]])
  await unmount()
})

test('a finger that moves along the list by ten pixels scrolls', async () => {
  const { act, isDragging, pointer, touch, unmount } = await rows()
  await touch()
  await pointer('pointermove', 109, 219)
  await pointer('pointermove', 100, 220)
  await act(() => vi.advanceTimersByTime(1000))
  expect(isDragging()).toBe(false)
  await unmount()
})

test.each([
  [87, undefined],
  [88, 'right'],
  [-87, undefined],
  [-88, 'left'],
] as const)('a row that a finger swipes by %i pixels is swiped to: %s', async (distance, side) => {
  const { done, find, pointer, swiped, touch, unmount } = await rows()
  await touch()
  await pointer('pointermove', 100 + distance, 210)
  expect([swiped(), find('.swipe-hint').textContent, find('.row').style.translate]).toEqual([
    distance < 0 ? 'left' : 'right',
    distance < 0 ? 'Plan' : 'Complete',
    `${distance}px 0`,
  ])
  expect(find('#row-1').hasAttribute('data-swipe-far')).toBe(side !== undefined)
  await pointer('pointerup', 100 + distance, 210)
  expect(done).toEqual(side === undefined ? [] : [['swipe', 1, side]])
  expect([swiped(), find('.row').style.translate, document.querySelector('.swipe-hint')]).toEqual([undefined, '', null])
  expect(find('#row-1').hasAttribute('data-swipe-far')).toBe(false)
  await unmount()
})

test('the page scrolls while a row is held within 72 pixels of its upper or lower end', async () => {
  const { act, pointer, press, scrolled, unmount } = await rows()
  await press()
  const held = async (y: number) => {
    await pointer('pointermove', 100, y)
    await act(() => vi.advanceTimersByTime(16))
    return scrolled.splice(0)
  }
  expect(await held(528)).toEqual([])
  expect(await held(529)).toEqual([12])
  expect(await held(72)).toEqual([])
  expect(await held(71)).toEqual([-12])
  await pointer('pointerup', 100, 71)
  await act(() => vi.advanceTimersByTime(100))
  expect([scrolled, vi.getTimerCount()]).toEqual([[], 0])
  await unmount()
})

test('a list that is left in the middle of a drag puts the row back, and listens to nothing', async () => {
  const { done, isDragging, line, listeners, pointer, press, unmount } = await rows()
  expect(listeners()).toBeGreaterThan(0)
  await press()
  await pointer('pointermove', 100, 300)
  await unmount()
  expect([isDragging(), line(), listeners(), vi.getTimerCount(), done]).toEqual([false, null, 0, 0, []])
})

/** An element that shows a value, held while it is pressed. */
async function held() {
  const screen = await openDocument()
  let current: ReturnType<typeof useHeldWhilePressed<number>> | undefined
  function Shown({ value }: { readonly value: number }) {
    const element = useRef<HTMLDivElement>(null)
    current = useHeldWhilePressed(element, value)
    return createElement('div', { ref: element, id: 'list' }, [
      createElement('button', { key: 'row', id: 'row' }),
      createElement('form', { key: 'editor', className: 'editor' }, createElement('input', { id: 'field' })),
    ])
  }
  const show = (value: number) => screen.render(createElement(Shown, { value }))
  await show(1)
  const down = (selector = '#row', details: object = {}) =>
    screen.dispatch(screen.find(selector), 'pointerdown', { button: 0, isPrimary: true, ...details })
  return {
    ...screen,
    show,
    down,
    at: (type: string, details?: object) => screen.dispatch(screen.find('#row'), type, details),
    pass: (ms: number) => screen.act(() => vi.advanceTimersByTime(ms)),
    shown: () => current?.shown,
    release: () => screen.act(() => current?.release()),
  }
}

test('what is pressed stays as it was until 300 ms after the pointer has left it', async () => {
  const { at, down, pass, show, shown, unmount } = await held()
  await show(2)
  expect(shown()).toBe(2)
  await down()
  await show(3)
  await pass(10_000)
  expect(shown()).toBe(2)
  await at('pointerup')
  await pass(299)
  expect(shown()).toBe(2)
  await pass(1)
  expect(shown()).toBe(3)
  await unmount()
})

test.each(['click', 'pointercancel', 'keydown', 'blur'])('a hold ends by %s', async (type) => {
  const { at, dispatch, down, pass, show, shown, unmount } = await held()
  await down()
  await show(2)
  await (type === 'blur' ? dispatch(window, 'blur') : at(type))
  await pass(0)
  expect(shown()).toBe(2)
  await unmount()
})

test('a click ends a hold also where its own listener has stopped it, and a move without a button does', async () => {
  const { at, down, find, pass, show, shown, unmount } = await held()
  find('#row').addEventListener('click', (event) => event.stopPropagation())
  await down()
  await show(2)
  await at('click')
  await pass(0)
  expect(shown()).toBe(2)
  await down()
  await show(3)
  await at('pointermove', { buttons: 1 })
  await pass(0)
  expect(shown()).toBe(2)
  await at('pointermove', { buttons: 0 })
  await pass(0)
  expect(shown()).toBe(3)
  await unmount()
})

test('another button, another pointer, and a field of the editor hold nothing', async () => {
  const { down, show, shown, unmount } = await held()
  await down('#row', { button: 2 })
  await down('#row', { isPrimary: false })
  await down('#field')
  await show(2)
  expect(shown()).toBe(2)
  await unmount()
})

test('a hold is released at once, and a second press holds anew', async () => {
  const { at, down, pass, release, show, shown, unmount } = await held()
  await down()
  await show(2)
  await release()
  expect(shown()).toBe(2)
  await down()
  await at('pointerup')
  await pass(200)
  await down()
  await show(3)
  await pass(10_000)
  expect(shown()).toBe(2)
  await unmount()
})

test('an element that is left in the middle of a press waits for nothing and listens to nothing', async () => {
  const { at, down, listeners, unmount } = await held()
  await down()
  await at('pointerup')
  await unmount()
  expect([vi.getTimerCount(), listeners()]).toEqual([0, 0])
})
