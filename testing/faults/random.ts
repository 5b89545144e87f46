import { createHash } from 'node:crypto'

/** A source of random choices that are the same for the same seed, on every machine. */
export interface Random {
  /** From 0 up to, but without, 1. */
  fraction(): number
  /** From 0 up to, but without, `below`. */
  int(below: number): number
  pick<T>(from: readonly T[]): T
  shuffled<T>(from: readonly T[]): T[]
}

/** `parts` name what is to be decided: the same seed gives each name choices of its own. */
export function seededRandom(seed: number, ...parts: readonly (string | number)[]): Random {
  const digest = createHash('sha256')
    .update([seed, ...parts].join(' '))
    .digest()
  let [a, b, c, counter] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1]
  // sfc32, of PractRand: https://pracrand.sourceforge.net/RNG_engines.txt
  const fraction = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(fraction() * below)
  return {
    fraction,
    int,
    pick(from) {
      const index = int(from.length)
      const picked = from[index]
      if (index >= from.length || picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
    shuffled(from) {
      const keyed = from.map((item) => ({ item, key: fraction() }))
      return keyed.toSorted((one, other) => one.key - other.key).map(({ item }) => item)
    },
  }
}

/** The seed of the environment variable SEED, else a new one. */
export function seedOfRun(): number {
  // Whoever replays a failure has only the command line.
  // oxlint-disable-next-line node/no-process-env
  const given = process.env['SEED']
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 32)
  if (!/^\d{1,10}$/.test(given)) throw new Error(`SEED must be a whole number, not "${given}"`)
  return Number(given)
}
