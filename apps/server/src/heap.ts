import { setFlagsFromString } from 'node:v8'

// V8 notes which literals in the code make objects that live long, and then makes those in the old generation at once.
// During the start some of a call's objects live long; ever after they would be born old, and each would keep its whole
// request alive until the next full collection: a quarter of the CPU time, and pauses of 25 ms. Set at run time, because
// a Node without the flag ignores it here and would refuse it as an argument. The heap's limits: scripts/heap.mjs.
setFlagsFromString('--no-allocation-site-pretenuring')
