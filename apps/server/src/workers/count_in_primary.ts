import type { Allowance } from '@taskwire/api'
import type { AttemptCounts, CountAttempt } from '../auth/attempt_counts.ts'
import { isToWorker, type FromWorker } from './messages.ts'

const ANSWER_MS = 5000

/** Asks the primary, which counts for all workers. Where it does not answer, attempts are counted by `own`. */
export function countInPrimary(own: AttemptCounts, answerMs = ANSWER_MS): CountAttempt {
  const asked = new Map<number, (allowance: Allowance) => void>()
  let questions = 0
  process.on('message', (message: unknown) => {
    if (isToWorker(message) && message.type === 'counted') asked.get(message.id)?.(message.allowance)
  })
  return (of, key) =>
    new Promise((resolve) => {
      const id = ++questions
      const settle = (allowance: Allowance) => {
        clearTimeout(timer)
        asked.delete(id)
        resolve(allowance)
      }
      const countHere = () => {
        if (asked.has(id)) settle(own(of, key))
      }
      // After a turn of the event loop, in which an answer is read that came while this process was busy.
      const timer = setTimeout(() => setImmediate(countHere), answerMs)
      asked.set(id, settle)
      const question: FromWorker = { type: 'count', id, of, key }
      // It fails if the primary has died: then this process finishes what it has begun.
      process.send?.(question, undefined, undefined, (error) => {
        if (error !== null) countHere()
      })
    })
}
