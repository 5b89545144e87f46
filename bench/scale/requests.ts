import { median } from '../rounds.ts'
import { tokenOf } from '../fill.ts'

/** Sends one user's requests to the server under test. */
export interface Caller {
  readonly user: string
  readonly tasks: string
  readonly request: (path: string, method?: string, body?: object) => Promise<MeasuredRequest>
}

export interface MeasuredRequest {
  /** Milliseconds until the whole response has arrived. */
  readonly took: number
  readonly text: string
}

export async function caller(url: string, user: string): Promise<Caller> {
  const authorization = `Bearer ${await tokenOf(user)}`
  return {
    user,
    tasks: `/api/${user}/tasks`,
    async request(path, method = 'GET', body) {
      const begun = performance.now()
      const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status} ${text}`)
      return { took: performance.now() - begun, text }
    },
  }
}

/** The timed calls by the name under which they are reported; the number is the round. */
export type Timed = Record<string, (round: number) => Promise<MeasuredRequest>>

/** Median milliseconds of each, in interleaved rounds after a warm-up round. */
export async function medians(timed: Timed, rounds: number): Promise<Record<string, number>> {
  const times = new Map(Object.keys(timed).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, once] of Object.entries(timed)) {
      const { took } = await once(round)
      if (round > 0) times.get(name)?.push(took)
    }
  }
  return Object.fromEntries([...times].map(([name, each]) => [name, median(each)]))
}
