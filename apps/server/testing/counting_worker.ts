// A worker that makes one attempt, and tells by its output who has counted it.
import { readFileSync } from 'node:fs'
import { countInPrimary } from '../src/workers/count_in_primary.ts'

const [, , primary] = process.argv
if (primary === 'is away') process.disconnect()

// One that has died is not waited for.
const answerMs = primary === 'is away' ? 2 ** 30 : 1
const count = countInPrimary(() => ({ allowed: true, limit: 1, remaining: 0, reset: 1, window: 60 }), answerMs)
const counted = count('sign-in', '127.0.0.1')
// Stands for work that keeps the event loop busy until the answer is there, longer than it is waited for.
if (primary === 'answers') readFileSync(0)
const { limit } = await counted
process.stdout.write(limit === 1 ? 'itself' : 'the primary')
if (process.connected) process.disconnect()
