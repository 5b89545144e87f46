import type { Task } from '@taskwire/client'

/** The place in the manual order that a move asks for: beside a neighbour that the list shows, or at an end. */
export type NewPlace = { readonly after: number } | { readonly before: number } | { readonly to: 'first' | 'last' }

const [FIRST, LAST] = [32, 127]

/** A position in front of those of all older tasks, for a task that has none from the server yet. */
export function newPosition(at: number): string {
  // The server's positions begin with a letter.
  return `0${(2 ** 48 - at).toString(16).padStart(12, '0')}`
}

/** The position that a task will have about where the server puts it; the server's answer replaces it. */
export function positionAt(place: NewPlace, others: readonly Task[]): string | undefined {
  const positions = others.map(({ position }) => position)
  if ('to' in place) {
    return place.to === 'first' ? between('', smallest(positions)) : between(largest(positions), undefined)
  }
  const neighbour = others.find(({ id }) => id === ('after' in place ? place.after : place.before))?.position
  if (neighbour === undefined) return undefined
  return 'after' in place
    ? between(neighbour, smallest(positions.filter((position) => position > neighbour)))
    : between(largest(positions.filter((position) => position < neighbour)), neighbour)
}

/** Text between two others, compared as bytes; without `high` text behind `low`. */
export function between(low: string, high: string | undefined): string {
  let text = ''
  let limit = high
  for (let at = 0; ; at++) {
    const isOver = at >= low.length
    const [from, to] = [isOver ? FIRST - 1 : low.charCodeAt(at), limit?.charCodeAt(at) ?? LAST]
    const middle = Math.floor((from + to) / 2)
    // Text must not end with the first character: nothing would fit in front of it.
    if (to - from > 1 && middle > FIRST) return text + String.fromCharCode(middle)
    const next = isOver ? FIRST : from
    text += String.fromCharCode(next)
    if (next < to) limit = undefined
  }
}

function smallest(positions: readonly string[]): string | undefined {
  return positions.reduce<string | undefined>(
    (least, position) => (least === undefined || position < least ? position : least),
    undefined,
  )
}

function largest(positions: readonly string[]): string {
  return positions.reduce((most, position) => (position > most ? position : most), '')
}
