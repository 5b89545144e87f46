import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the objects of a call in the young generation; to be called before anything else is loaded. V8 notes which
 * literals make objects that live long, and then makes those in the old generation at once. During the start some of a
 * call's objects live long: ever after they would be born old, and each keep its whole request until the next full
 * collection (docs/performance.md has the cost). Set at run time, because a Node that does not know the flag would
 * refuse it as an argument. The heap's limits are arguments: scripts/heap.mjs.
 */
export function keepCallsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
