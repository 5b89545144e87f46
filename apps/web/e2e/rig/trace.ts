import type { Browser, Page } from 'playwright-core'

export function startTrace(browser: Browser, page: Page): Promise<void> {
  return browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] })
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** The longest task of a page's main thread in milliseconds, by CPU time and by wall-clock time. */
export function longestTask(trace: Buffer): { cpu: number; wall: number } {
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString())
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && main.has(`${pid} ${tid}`),
  )
  if (tasks.length === 0) throw new Error('The trace contains no tasks')
  return {
    cpu: longest(tasks.map(({ tdur = 0 }) => tdur)),
    wall: longest(tasks.map(({ dur = 0 }) => dur)),
  }
}

/** In milliseconds. Traces use microseconds. */
function longest(durations: readonly number[]): number {
  return Math.round(Math.max(...durations) / 100) / 10
}
