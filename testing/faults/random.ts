import { createHash } from 'node:crypto'

/** A source of random choices, which depend only on the seed, on every machine. */
export interface Random {
  /** A number from 0 to below 1. */
  fraction(): number
  /** An integer from 0 to below `below`. */
  int(below: number): number
  pick<T>(from: readonly T[]): T
  shuffled<T>(from: readonly T[]): T[]
}

/** `parts` name the decision: for the same seed, each name has choices of its own. */
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
  // A failure is replayed from the command line, by this variable alone.
  // oxlint-disable-next-line node/no-process-env
  const given = process.env['SEED']
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 32)
  if (!/^\d{1,10}$/.test(given)) throw new Error(`SEED must be a whole number, not "${given}"`)
  return Number(given)
}
