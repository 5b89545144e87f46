import { z } from 'zod'
import { storableText } from '../core/storable.ts'
import type { UserContext } from '../core/trpc.ts'
import { AlreadyExecuted, keepOutcome, lastSeq, writeTogether, type ContextOf } from '../log/transaction.ts'
import { changeMetadata, firstEntry } from '../log/write.ts'
import { currentMoment } from '../task/moment.ts'
import { nowOf } from '../task/series.ts'
import type { ReadContext } from './described_task.ts'
import { creationTimes, importedBefore, insertTasks, newIds, trashTasks } from './import_sql.ts'
import { newRows, seriesCount, type NewRow } from './new_rows.ts'
import { readTasks, type ReadTask, type RefusedRow } from './read_file.ts'
import { importOutput, type ImportedRow, type ImportInput, type ImportOutput } from './schema.ts'
import { idOfUid, taskUid } from './task_uid.ts'

type Row = ReadTask | RefusedRow

/** What the log keeps of an import with a key. */
const stored = z.object({ last_seq: z.int(), answer: importOutput })

/**
 * Creates the tasks of a file as one transaction and one batch. Tasks that came before are skipped, wherever they are
 * now. Rows that can be no tasks are left out; a file that cannot be read leaves nothing.
 */
export async function importFile(ctx: UserContext, name: string, input: ImportInput): Promise<ImportOutput> {
  const metadata = changeMetadata(ctx, { operation: name, input })
  const repeated = async () => {
    const first = await firstEntry(ctx, metadata)
    return first === null ? null : stored.parse(first.outcome).answer
  }
  const known = await repeated()
  if (known !== null) return known
  const rows = await readTasks(input, await readContext(ctx))
  const preview = await judged(ctx, rows)
  if (input.dry_run === true) return answerOf(rows, preview)
  // Nothing is new either because an equal request with the same key came first, meanwhile.
  if (preview.fresh.length === 0) return (await repeated()) ?? answerOf(rows, preview)
  try {
    return await writeTogether(ctx, { tasks: [], metadata }, (contextOf, seq) => written(contextOf, { rows, seq }))
  } catch (error) {
    if (error instanceof NothingNew) return (await repeated()) ?? answerOf(rows, error.judged)
    const answer = error instanceof AlreadyExecuted ? await repeated() : null
    if (answer === null) throw error
    return answer
  }
}

async function readContext(ctx: UserContext): Promise<ReadContext> {
  const { today, zone } = await currentMoment(ctx, undefined)
  return { today, zone }
}

interface Judged {
  readonly fresh: readonly ReadTask[]
  /** Why the others are skipped. */
  readonly skipped: ReadonlyMap<Row, string>
}

/** Rolls back an import whose tasks another one has created meanwhile. */
class NothingNew extends Error {
  readonly judged: Judged

  constructor(judged: Judged) {
    super('nothing is new')
    this.judged = judged
  }
}

/** Which tasks of a file are new. In a transaction that holds the user's counter, this stays true until its commit. */
async function judged(ctx: UserContext, rows: readonly Row[]): Promise<Judged> {
  const { user_id, services } = ctx
  const tasks = rows.filter((row) => 'fingerprint' in row)
  const known = await services.sql<{ fingerprint: string }>(
    importedBefore(user_id, [
      ...new Set(tasks.flatMap(({ fingerprint, formerFingerprint }) => [fingerprint, formerFingerprint])),
    ]),
  )
  const before = new Set(known.map(({ fingerprint }) => fingerprint))
  const own = await ownUids(ctx, tasks)
  const skipped = new Map<Row, string>()
  const seen = new Set<string>()
  for (const row of tasks) {
    const isKnown = before.has(row.fingerprint) || before.has(row.formerFingerprint)
    if (isKnown) skipped.set(row, 'it was imported before')
    else if (own.has(row.task.identity ?? '')) skipped.set(row, 'it is here already')
    else if (seen.has(row.fingerprint)) skipped.set(row, 'it is in the file twice')
    seen.add(row.fingerprint)
  }
  return { fresh: tasks.filter((row) => !skipped.has(row)), skipped }
}

/** What identifies those tasks of an export that are the user's own, and still stored. */
async function ownUids(ctx: UserContext, tasks: readonly ReadTask[]): Promise<ReadonlySet<string>> {
  const ids = tasks.flatMap(({ task: { identity } }) => (identity === undefined ? [] : (idOfUid(identity) ?? [])))
  if (ids.length === 0) return new Set()
  const found = await ctx.services.sql<{ id: number; created_at: string }>(
    creationTimes(
      ctx.user_id,
      ids.filter((id) => id < 2 ** 31),
    ),
  )
  return new Set(found.map((task) => taskUid(ctx.user_id, task)))
}

interface Work {
  readonly rows: readonly Row[]
  readonly seq: number
}

/** How many rows one statement inserts. */
const AT_ONCE = 500

async function written(contextOf: ContextOf, { rows, seq }: Work): Promise<ImportOutput> {
  const ctx = contextOf(true)
  const found = await judged(ctx, rows)
  if (found.fresh.length === 0) throw new NothingNew(found)
  const { sql } = ctx.services
  const ids = await sql<{ id: number }>(newIds(found.fresh.length + seriesCount(found.fresh)))
  const made = newRows(found.fresh, { ctx, ids: ids.map(({ id }) => id), now: nowOf(ctx) })
  for (let at = 0; at < made.length; at += AT_ONCE) {
    await sql(insertTasks(ctx.user_id, made.slice(at, at + AT_ONCE)))
    ctx.onProgress?.(Math.min(at + AT_ONCE, made.length), made.length)
  }
  const [first] = made
  const trashed = made.flatMap(({ row, deleted_at }) =>
    deleted_at === undefined ? [] : [{ id: Number(row.id), deleted_at }],
  )
  if (trashed.length > 0 && first !== undefined) await sql(trashTasks(ctx.user_id, trashed, first.row))
  const last_seq = await lastSeq(ctx)
  const answer = answerOf(rows, found, { made, first_seq: seq, last_seq })
  const outcome: z.infer<typeof stored> = { last_seq, answer }
  await keepOutcome(ctx, outcome)
  return answer
}

interface Made {
  readonly made: readonly NewRow[]
  readonly first_seq: number
  readonly last_seq: number
}

function answerOf(rows: readonly Row[], { fresh, skipped }: Judged, done?: Made): ImportOutput {
  const ids = new Map(done?.made.map(({ of, row }) => [of, Number(row.id)]))
  return {
    created: fresh.length,
    skipped: skipped.size,
    first_seq: done?.first_seq ?? null,
    last_seq: done?.last_seq ?? null,
    rows: rows.map((row) => reported(row, skipped.get(row), ids)),
  }
}

function reported(row: Row, skippedBecause: string | undefined, ids: ReadonlyMap<Row, number>): ImportedRow {
  const place = { row: row.task.row, title: titleOf(row) }
  if ('reason' in row) return { ...place, result: 'failed', reason: row.reason }
  if (skippedBecause !== undefined) return { ...place, result: 'skipped', reason: skippedBecause }
  const task_id = ids.get(row)
  const lost = row.lost.length === 0 ? {} : { lost: [...row.lost] }
  return { ...place, ...(task_id === undefined ? {} : { task_id }), result: 'created', ...lost }
}

function titleOf(row: Row): string {
  if ('fields' in row) return row.fields.title
  const { title } = row.task.fields
  return typeof title === 'string' ? Array.from(storableText(title)).slice(0, 200).join('') : ''
}
