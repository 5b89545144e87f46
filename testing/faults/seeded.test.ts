import { afterEach, expect, test, vi } from 'vitest'
import { seededRandom } from './random.ts'
import { type Action, runTrial, type Trial, TrialError } from './seeded.ts'

interface Box {
  items: number[]
}

const put: Action<Box> = {
  name: 'put',
  weight: 3,
  run: async ({ items }, random) => {
    items.push(random.int(1000))
    return items.at(-1)
  },
}
const take: Action<Box> = {
  name: 'take',
  weight: 1,
  possible: ({ items }) => items.length > 0,
  run: async ({ items }) => void items.pop(),
}
const box: Trial<Box> = { actions: [put, take], steps: 40, setUp: async () => ({ items: [] }) }

afterEach(() => vi.unstubAllEnvs())

/** The error of a trial that must fail. */
async function failure(trial: Trial<Box>): Promise<TrialError> {
  const error = await runTrial(trial).catch((cause: unknown) => cause)
  if (!(error instanceof TrialError)) throw new Error('the trial passed', { cause: error })
  return error
}

test('the same seed makes the same choices, and another seed makes others', () => {
  const choices = (seed: number) => {
    const random = seededRandom(seed, 'x')
    return [random.int(1_000_000), random.pick(['a', 'b', 'c']), random.shuffled([1, 2, 3, 4, 5, 6]), random.fraction()]
  }
  expect(choices(7)).toEqual(choices(7))
  expect(choices(7)).not.toEqual(choices(8))
  // Every machine that replays a seed must get the same choices.
  expect(seededRandom(1, 'x').int(1_000_000)).toBe(620_305)
})

test('choices are evenly distributed', () => {
  const random = seededRandom(1)
  const values = Array.from({ length: 40_000 }, () => random.int(4))
  // Also the first choice of each seed, because a trial uses a new seed at each step.
  const firsts = Array.from({ length: 40_000 }, (_, step) => seededRandom(2, step).int(4))
  for (const value of [0, 1, 2, 3]) {
    for (const drawn of [values, firsts]) {
      expect(Math.abs(drawn.filter((one) => one === value).length - 10_000)).toBeLessThan(400)
    }
  }
})

test('a trial chooses among the possible steps by their weights', async () => {
  const { steps } = await runTrial({ ...box, seed: 5, steps: 400 })
  const puts = steps.filter((step) => step.startsWith('put')).length
  expect(steps).toHaveLength(400)
  expect(puts).toBeGreaterThan(260)
  expect(puts).toBeLessThan(340)
  expect(steps[0]).toMatch(/^put \d+$/)
})

test('a failure names its seed and its steps, and the seed replays it', async () => {
  const brittle: Action<Box> = {
    name: 'break',
    weight: 1,
    run: async ({ items }, random) => {
      if (random.int(4) === 0) throw new Error(`broken with ${items.join()}`)
    },
  }
  const first = await failure({ ...box, actions: [put, take, brittle], steps: 1000 })
  expect(first.message).toContain(`replay with SEED=${first.seed}`)
  expect(first.steps.at(-1)).toBe('break')
  vi.stubEnv('SEED', String(first.seed))
  const again = await failure({ ...box, actions: [put, take, brittle], steps: 1000 })
  expect([again.message, again.steps]).toEqual([first.message, first.steps])
})

test('a failure that only the final check detects is reduced to the shortest failing prefix', async () => {
  const check = async ({ items }: Box) => {
    if (items.length > 6) throw new Error('too many')
  }
  const { steps } = await failure({ ...box, seed: 11, steps: 200, check })
  expect(steps.filter((step) => step.startsWith('put')).length - steps.filter((step) => step === 'take').length).toBe(7)
  expect(steps.at(-1)).toMatch(/^put/)
})

test('every state that was set up is torn down, even after failures', async () => {
  let open = 0
  const counted = {
    ...box,
    setUp: async () => {
      open += 1
      return { items: [] }
    },
    tearDown: async () => void (open -= 1),
    check: async () => {
      throw new Error('always')
    },
  }
  const { steps } = await failure(counted)
  expect([open, steps]).toEqual([0, []])
})

test('a SEED that is not a number is rejected', async () => {
  vi.stubEnv('SEED', 'abc')
  await expect(runTrial(box)).rejects.toThrow('SEED must be a whole number, not "abc"')
})
