import { useEffect, useRef, useState, type RefObject } from 'react'

/** A tap becomes a click so long after the finger has left, at most. */
const TAP_MS = 300

interface Held<T> {
  readonly shown: T
  /** Ends the hold at once, because the press had an effect that is to be seen. */
  readonly release: () => void
}

/**
 * The value to show in an element: the latest, or while a pointer is down there, the one of when it went down. A browser
 * clicks only what the pointer was both pressed and released on, so a row that moved meanwhile would miss its click.
 */
export function useHeldWhilePressed<T>(element: RefObject<HTMLElement | null>, value: T): Held<T> {
  const [isPressed, setIsPressed] = useState(false)
  const shown = useRef(value)
  if (!isPressed) shown.current = value
  useEffect(() => (element.current === null ? undefined : watchPresses(element.current, setIsPressed)), [element])
  return { shown: shown.current, release: () => setIsPressed(false) }
}

function watchPresses(element: HTMLElement, onChange: (isPressed: boolean) => void): () => void {
  const stop = new AbortController()
  const { signal } = stop
  let isPressed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function change(to: boolean): void {
    clearTimeout(timer)
    isPressed = to
    onChange(to)
  }

  function onDown({ target, button, isPrimary }: PointerEvent): void {
    // A field may open a list of the system, and the page does not see where the pointer is released.
    const isField = target instanceof Element && target.closest('.editor') !== null
    if (button === 0 && isPrimary && !isField) change(true)
  }

  function releaseIn(ms: number): void {
    clearTimeout(timer)
    if (isPressed) timer = setTimeout(change, ms, false)
  }

  element.addEventListener('pointerdown', onDown, { signal })
  const first = { signal, capture: true }
  addEventListener('pointerup', () => releaseIn(TAP_MS), first)
  // After those who listen to the click, and before the browser shows its effect: a checkbox would flicker. `releaseIn` is
  // for a click that one of them has stopped.
  addEventListener('click', () => change(false), { signal })
  for (const end of ['click', 'pointercancel', 'keydown']) addEventListener(end, () => releaseIn(0), first)
  addEventListener('pointermove', ({ buttons }) => buttons === 0 && releaseIn(0), first)
  // Of the window alone: pressing a button takes the focus from another element.
  addEventListener('blur', () => releaseIn(0), { signal })
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}
