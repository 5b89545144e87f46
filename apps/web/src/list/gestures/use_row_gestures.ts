import { useEffect, useRef, type RefObject } from 'react'
import { dragRow, type Neighbours, type RowDrag } from './drag_row.ts'
import { swipeRow, type RowSwipe, type SwipeSide } from './swipe_row.ts'

interface RowGestures {
  readonly list: RefObject<HTMLElement | null>
  /** Whether the row may be dragged to another place now. */
  readonly canDrag: (key: number) => boolean
  readonly onDrop: (key: number, neighbours: Neighbours) => void
  readonly onSwipe: (key: number, side: SwipeSide) => void
  readonly hints: Readonly<Record<SwipeSide, string>>
}

const LONG_PRESS_MS = 350
/** A mouse that has moved by fewer pixels is clicking. */
const MOUSE_SLOP = 5
const FINGER_SLOP = 10

/**
 * Rows are dragged by a mouse at once and by a finger after a long press, and swiped aside by a finger. Everything that
 * these do is also in the row's menu and on the keyboard.
 */
export function useRowGestures(options: RowGestures): void {
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    const list = latest.current.list.current
    return list === null ? undefined : watchRows(list, () => latest.current)
  }, [])
}

interface Press {
  readonly item: HTMLElement
  readonly key: number
  readonly pointer: number
  readonly isFinger: boolean
  readonly x: number
  readonly y: number
}

function watchRows(list: HTMLElement, options: () => RowGestures): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let press: Press | undefined
  let drag: RowDrag | undefined
  let swipe: RowSwipe | undefined
  let longPress: ReturnType<typeof setTimeout> | undefined

  function startDrag({ item, key, y }: Press): void {
    if (!options().canDrag(key)) return
    drag = dragRow(list, item, y)
    document.documentElement.dataset['dragging'] = ''
  }

  /** Ends whatever runs, without effect. */
  function reset(): void {
    clearTimeout(longPress)
    drag?.end()
    swipe?.end()
    delete document.documentElement.dataset['dragging']
    press = drag = swipe = undefined
  }

  function onDown(event: PointerEvent): void {
    reset()
    const item = rowUnder(event)
    if (item === undefined) return
    const { pointerId: pointer, pointerType, clientX: x, clientY: y } = event
    const isFinger = pointerType === 'touch'
    const pressed = { item, key: Number(item.dataset['key']), pointer, isFinger, x, y }
    press = pressed
    if (isFinger) longPress = setTimeout(() => startDrag(pressed), LONG_PRESS_MS)
  }

  function onMove(event: PointerEvent): void {
    if (press === undefined || event.pointerId !== press.pointer) return
    if (drag !== undefined) return drag.move(event.clientY)
    if (swipe !== undefined) return swipe.move(event.clientX)
    const [x, y] = [Math.abs(event.clientX - press.x), Math.abs(event.clientY - press.y)]
    if (Math.max(x, y) < (press.isFinger ? FINGER_SLOP : MOUSE_SLOP)) return
    clearTimeout(longPress)
    if (!press.isFinger) startDrag(press)
    else if (x > y) swipe = swipeRow(press.item, press.x, options().hints)
    if (drag === undefined && swipe === undefined) return reset()
    // A busy page may get all the movement at once: this is its only event.
    onMove(event)
  }

  function onUp(event: PointerEvent): void {
    if (press === undefined || event.pointerId !== press.pointer) return
    const { key } = press
    const neighbours = drag?.end()
    const side = swipe?.end()
    if (drag !== undefined || swipe !== undefined) suppressClick()
    drag = swipe = undefined
    reset()
    if (neighbours !== undefined) options().onDrop(key, neighbours)
    if (side !== undefined) options().onSwipe(key, side)
  }

  list.addEventListener('pointerdown', onDown, { signal })
  addEventListener('pointermove', onMove, { signal })
  addEventListener('pointerup', onUp, { signal })
  addEventListener('pointercancel', reset, { signal })
  // Otherwise the browser would scroll, and take the finger over.
  list.addEventListener('touchmove', (event) => drag && event.preventDefault(), { signal, passive: false })
  list.addEventListener('contextmenu', (event) => press?.isFinger && event.preventDefault(), { signal })
  const onEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || (drag ?? swipe) === undefined) return
    event.stopPropagation()
    suppressClick()
    reset()
  }
  addEventListener('keydown', onEscape, { signal, capture: true })
  signal.addEventListener('abort', reset)
  return () => stop.abort()
}

/** The row under the pointer, unless a control of its own is. */
function rowUnder({ target, button, isPrimary }: PointerEvent): HTMLElement | undefined {
  if (button !== 0 || !isPrimary || !(target instanceof Element)) return undefined
  if (target.closest('input, label, a, .icon-button, .row-conflict, .editor') !== null) return undefined
  return target.closest<HTMLElement>('.item[data-key]') ?? undefined
}

/** Letting go is not a click on what lies under the pointer. */
function suppressClick(): void {
  const stop = new AbortController()
  addEventListener('click', prevent, { signal: stop.signal, capture: true })
  setTimeout(() => stop.abort())
}

function prevent(event: Event): void {
  event.preventDefault()
  event.stopPropagation()
}
