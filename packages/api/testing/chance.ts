/** Numbers that look random, and are the same ones for the same seed (mulberry32). */
export function chance(seed: number) {
  let state = seed
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  const oneOf = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)]
    if (value === undefined) throw new RangeError('nothing to choose from')
    return value
  }
  return { below, oneOf, maybe: <Value>(value: () => Value) => (below(3) === 0 ? value() : undefined) }
}
export type Chance = ReturnType<typeof chance>
