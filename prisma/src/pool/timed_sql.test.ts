import { expect, test } from 'vitest'
import { runForCaller } from './caller.ts'
import type { Snapshots } from './snapshot.ts'
import { timedSnapshots, timedSql } from './timed_sql.ts'

const soon = () => new Promise((resolve) => setTimeout(resolve, 5))

/** Reports to the process and to the caller, and what each was told. */
function reports() {
  const told: [string, number][] = []
  const toldCaller: [number, string][] = []
  const caller = { user_id: 'ann', onStatement: (ms: number, name: string) => void toldCaller.push([ms, name]) }
  return { told, toldCaller, caller, onStatement: (name: string, ms: number) => void told.push([name, ms]) }
}

test('each statement is reported with its name and its time, to the process and to its caller', async () => {
  const { told, toldCaller, caller, onStatement } = reports()
  const sql = timedSql(async () => (await soon(), []), onStatement)
  await runForCaller(caller, () => sql({ name: 'list', text: '', values: [] }))
  await sql({ text: '', values: [] })
  expect(told.map(([name]) => name)).toEqual(['list', 'unnamed'])
  for (const [, ms] of told) expect(ms).toBeGreaterThan(3)
  expect(toldCaller).toEqual([[told[0]?.[1], 'list']])
})

test('a statement that fails is reported too, after its failure', async () => {
  const { told, onStatement } = reports()
  const failing = timedSql(() => soon().then(() => Promise.reject(new Error('lost'))), onStatement)
  const failed = failing({ name: 'list', text: '', values: [] })
  expect(told).toEqual([])
  await expect(failed).rejects.toThrow('lost')
  expect(told).toEqual([['list', expect.any(Number)]])
})

test('each read of a snapshot is reported as one statement, and closing it is none', async () => {
  const { told, onStatement } = reports()
  let closed = 0
  const snapshots: Snapshots = {
    open: () => ({ next: async () => (await soon(), []), close: async () => void closed++ }),
  }
  const snapshot = timedSnapshots(snapshots, onStatement).open()
  await snapshot.next({ text: '', values: [] }, 1)
  await snapshot.next({ text: '', values: [] }, 1)
  await snapshot.close()
  expect(told.map(([name]) => name)).toEqual(['snapshot', 'snapshot'])
  expect(closed).toBe(1)
})
