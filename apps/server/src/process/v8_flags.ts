import { execFile } from 'node:child_process'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const NO_PRETENURING = '--no-allocation-site-pretenuring'
const MB = 2 ** 20

/**
 * Keeps the objects of a request in the young generation. Call it before anything else is loaded.
 *
 * V8 records which allocation sites create long-lived objects and then allocates from those sites directly in the old
 * generation. During startup some per-request objects live long, so V8 would pretenure them from then on, and each would
 * retain its whole request until the next full collection (docs/performance.md has the cost; `node bench/heap_flags.ts`
 * measures it). The flag is set at run time because Node refuses to start with an argument that its V8 does not know.
 * The heap limits are arguments (scripts/heap.mjs).
 */
export function disablePretenuring(): void {
  setFlagsFromString(NO_PRETENURING)
}

/** What is wrong with the V8 flags of this process, one sentence for each flag without effect. */
export async function v8FlagProblems({ flag = NO_PRETENURING, limits = limitsOf(process.execArgv) } = {}) {
  const problems: string[] = []
  if (!(await isKnown(flag))) {
    problems.push(`V8 ${process.versions.v8} does not know ${flag}: requests will use more memory and CPU time`)
  }
  const heap = Math.round(getHeapStatistics().heap_size_limit / MB)
  const { old, semi } = limits
  // V8 adds three semi-spaces to the limit of the old generation.
  if (old !== undefined && heap > old + 3 * (semi ?? 32)) {
    problems.push(`--max-old-space-size=${old} has no effect: the heap limit is ${heap} MB`)
  }
  return problems
}

/** V8 ignores an unknown flag and has no way to ask for it, but a Node that is started with one exits. */
function isKnown(flag: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(process.execPath, [flag, '--version'], { env: {} }, (error) => resolve(error?.code !== INVALID_ARGUMENT))
  })
}
const INVALID_ARGUMENT = 9

/** The heap limits among a process's arguments, in MB. */
function limitsOf(args: readonly string[]): { old?: number | undefined; semi?: number | undefined } {
  const value = (name: string) => {
    const text = args.findLast((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1)
    return text === undefined ? undefined : Number(text)
  }
  return { old: value('--max-old-space-size'), semi: value('--max-semi-space-size') }
}
