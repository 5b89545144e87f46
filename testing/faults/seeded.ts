import { type Random, seededRandom, seedOfRun } from './random.ts'

export interface Action<State> {
  readonly name: string
  /** Its probability relative to the others. */
  readonly weight: number
  /** Whether it is possible now; always, if omitted. */
  readonly possible?: (state: State) => boolean
  /** Runs the step and throws on a failure. Its result is shown beside its name in the list of steps. */
  readonly run: (state: State, random: Random) => Promise<unknown>
}

export interface Trial<State> {
  readonly actions: readonly Action<State>[]
  readonly steps: number
  /** Creates the state; called again for each replay. */
  readonly setUp: () => Promise<State>
  readonly tearDown?: (state: State) => Promise<void>
  /** Throws on a failure after the last step. */
  readonly check?: (state: State) => Promise<void>
  /** By default the environment variable SEED, else a new one. */
  readonly seed?: number
}

/** The failure of a trial, with its seed and its steps. `cause` is the failure itself. */
export class TrialError extends Error {
  override readonly name = 'TrialError'
  readonly seed: number
  readonly steps: readonly string[]

  constructor(seed: number, steps: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const list = steps.map((step, index) => `  ${index + 1}. ${step}`).join('\n')
    super(`${reason}\nafter ${steps.length} steps; replay with SEED=${seed}\n${list}`, { cause })
    this.seed = seed
    this.steps = steps
  }
}

interface Outcome {
  readonly steps: string[]
  readonly failure?: { readonly cause: unknown }
}

/**
 * Runs this many random steps, then checks. The choices depend only on the seed and the state, so the same seed
 * runs the same steps. A failure is reduced to the shortest prefix of the steps that also fails, and thrown
 * as a TrialError.
 */
export async function runTrial<State>(
  trial: Trial<State>,
): Promise<{ readonly seed: number; readonly steps: string[] }> {
  const seed = trial.seed ?? seedOfRun()
  const outcome = await attempt(trial, seed, trial.steps)
  if (outcome.failure === undefined) return { seed, steps: outcome.steps }
  const shortest = await shortened(trial, seed, { steps: outcome.steps, failure: outcome.failure })
  throw new TrialError(seed, shortest.steps, shortest.failure.cause)
}

async function attempt<State>(trial: Trial<State>, seed: number, count: number): Promise<Outcome> {
  const steps: string[] = []
  const state = await trial.setUp()
  try {
    for (let i = 0; i < count; i += 1) await take(trial.actions, state, { steps, random: seededRandom(seed, i) })
    await trial.check?.(state)
    return { steps }
  } catch (cause) {
    return { steps, failure: { cause } }
  } finally {
    await trial.tearDown?.(state)
  }
}

async function take<State>(
  actions: readonly Action<State>[],
  state: State,
  { steps, random }: { readonly steps: string[]; readonly random: Random },
): Promise<void> {
  const possible = actions.filter((action) => action.possible?.(state) !== false)
  let left = random.fraction() * possible.reduce((sum, { weight }) => sum + weight, 0)
  const action = possible.find(({ weight }) => (left -= weight) < 0) ?? possible.at(-1)
  if (action === undefined) throw new Error('no action is possible')
  const index = steps.push(action.name) - 1
  const said = await action.run(state, random)
  if (said !== undefined) steps[index] = `${action.name} ${typeof said === 'string' ? said : JSON.stringify(said)}`
}

type Failed = Required<Outcome>

/** Bisects between a prefix that passes and one that fails, as long as the failure is reproducible. */
async function shortened<State>(trial: Trial<State>, seed: number, failed: Failed): Promise<Failed> {
  let [shortest, passes] = [failed, -1]
  while (shortest.steps.length - passes > 1) {
    const middle = Math.floor((passes + shortest.steps.length) / 2)
    const { steps, failure } = await attempt(trial, seed, middle)
    if (failure === undefined) passes = middle
    else shortest = { steps, failure }
  }
  return shortest
}
