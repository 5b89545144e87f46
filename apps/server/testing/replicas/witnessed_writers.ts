import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acknowledgedIn, compare, Witness, type Comparison } from '@taskwire/faults'
import { tasksOf, type Send } from '../server.ts'
import { persistent } from './caller.ts'

export interface WitnessedWriters {
  /** How many writes were acknowledged. */
  count(): number
  /** Ends the writers, and holds what was acknowledged against what the server has. */
  end(): Promise<Comparison>
}

/**
 * Writers who create tasks, one after the other with a key each, and note on the disk what was acknowledged. Each sends
 * again until there is an answer; an answer that asks for no repeat and is no success ends the trial.
 */
export async function witnessedWriters(send: Send, user: string, writers = 8): Promise<WitnessedWriters> {
  const folder = await mkdtemp(join(tmpdir(), 'taskwire-witness-'))
  const journal = join(folder, 'journal')
  const witness = await Witness.open(journal)
  let [isOver, acknowledged] = [false, 0]

  async function write(writer: number): Promise<void> {
    for (let n = 0; !isOver; n++) {
      const title = `${writer}-${n}`
      const sent = { headers: { 'idempotency-key': title }, body: { title } }
      const { status, json, text } = await persistent(send)('POST', tasksOf(user), sent)
      if (status !== 201) throw new Error(`a write was answered with ${status}: ${text}`)
      await witness.record({ key: title, value: String(json.id) })
      acknowledged++
    }
  }

  const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  // Whoever ends them is told.
  writing.catch(() => {})
  return {
    count: () => acknowledged,
    async end() {
      isOver = true
      await writing
      await witness[Symbol.asyncDispose]()
      const { json: tasks } = await persistent(send)('GET', tasksOf(user))
      const present = tasks.map(({ id, title }: { id: number; title: string }) => ({ key: title, value: String(id) }))
      const comparison = compare(await acknowledgedIn(journal), present)
      await rm(folder, { recursive: true })
      return comparison
    },
  }
}
