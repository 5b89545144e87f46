import { setTimeout as pause } from 'node:timers/promises'
import type { User } from './fill.ts'
import { median } from './rounds.ts'
import type { Server } from './servers.ts'

export interface FanOut {
  readonly listeners: number
  readonly writes: number
  /** Milliseconds from a write's response to the event at a listener: median and 99th percentile. */
  readonly delay: { readonly p50: number; readonly p99: number }
  /** Milliseconds that a write takes: median with and without listeners. */
  readonly write: { readonly listened: number; readonly alone: number }
  readonly missed: number
}

/** Listeners of many users on one server, all reading by server-sent events while each user's tasks change. */
export async function fanOut({ url }: Server, users: readonly User[], each: number, writes: number): Promise<FanOut> {
  const alone = await timedWrites(url, users, writes)
  const seen = new Map<string, number[]>()
  const ended = new AbortController()
  const reading = users.flatMap((user) => Array.from({ length: each }, () => listen(url, user, seen, ended.signal)))
  const listeners = await Promise.all(reading)
  const listened = await timedWrites(url, users, writes)
  await pause(1000)
  ended.abort()
  await Promise.all(listeners.map(({ done }) => done))
  const delays = listened.flatMap(({ key, at }) => (seen.get(key) ?? []).map((time) => Math.max(0, time - at)))
  return {
    listeners: listeners.length,
    writes,
    delay: {
      p50: round(median(delays)),
      p99: round(delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? NaN),
    },
    write: {
      listened: round(median(listened.map(({ took }) => took))),
      alone: round(median(alone.map(({ took }) => took))),
    },
    missed: writes * each - delays.length,
  }
}

async function timedWrites(url: string, users: readonly User[], writes: number) {
  const done = []
  for (let index = 0; index < writes; index++) {
    const user = users[index % users.length]
    if (user === undefined) throw new Error('a fan-out needs users')
    const task = user.tasks[index % user.tasks.length]
    const start = performance.now()
    const answer = await fetch(`${url}/api/${user.id}/tasks/${task}/complete`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${user.token}` },
    })
    const { id, version } = (await answer.json()) as { id: number; version: number }
    const at = performance.now()
    done.push({ key: `${id} ${version}`, at, took: at - start })
    await pause(5)
  }
  return done
}

/** Resolves once the stream is open; notes when each change of a task arrived. */
async function listen(url: string, user: User, seen: Map<string, number[]>, signal: AbortSignal) {
  const headers = { authorization: `Bearer ${user.token}` }
  const { body, status } = await fetch(`${url}/api/${user.id}/events`, { headers, signal })
  if (status !== 200 || body === null) throw new Error(`a listener was answered with ${status}`)
  const done = (async () => {
    let text = ''
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        text += chunk
        const events = text.split('\n\n')
        text = events.pop() ?? ''
        for (const event of events) note(event, seen)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
  })()
  return { done }
}

function note(event: string, seen: Map<string, number[]>): void {
  const data = /^data: (.*)$/m.exec(event)?.[1]
  if (data === undefined) return
  const { after } = JSON.parse(data) as { after: { id: number; version: number } | null }
  if (after === null) return
  const key = `${after.id} ${after.version}`
  const times = seen.get(key) ?? []
  times.push(performance.now())
  seen.set(key, times)
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10
