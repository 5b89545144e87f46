import type { Sql, Statement } from '../sql.ts'

/** A position in the write-ahead log of a primary. Those of different histories cannot be compared. */
export interface WalPosition {
  /** Changes when the primary restarts, and when it becomes another one. */
  readonly history: string
  readonly lsn: bigint
}

/** What tells whether a standby follows a primary. */
export interface PrimaryFacts extends WalPosition {
  readonly cluster: string
  readonly timeline: number
}

export interface StandbyFacts {
  /** Tells the runs of the server process apart, and several servers behind one address. */
  readonly instance: string
  readonly is_standby: boolean
  readonly cluster: string
  readonly timeline: number
  readonly replayed: bigint
}

// Without synchronous_commit, a commit is acknowledged before it is flushed. Otherwise the end of the flushed log is
// better: what is beyond it may take long until it is sent to a standby.
const position = `
  SELECT lsn::text AS lsn, pg_walfile_name(lsn) AS file, pg_postmaster_start_time()::text AS started
  FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
    ELSE pg_current_wal_flush_lsn() END AS lsn) AS log`

const primaryPositionStatement: Statement = {
  name: 'primary_position',
  text: position,
  values: [],
  pipeline: 'reads',
}

const primaryFactsStatement: Statement = {
  text: `SELECT position.*, control.system_identifier::text AS cluster FROM (${position}) position, pg_control_system() control`,
  values: [],
  pipeline: 'reads',
}

interface PositionRow {
  readonly lsn: string
  readonly file: string
  readonly started: string
}

/** Where the log of the primary ends: whatever was acknowledged before is at most there. */
export async function primaryPosition(sql: Sql): Promise<WalPosition> {
  return positionOf(onlyRow(await sql<PositionRow>(primaryPositionStatement)))
}

export async function primaryFacts(sql: Sql): Promise<PrimaryFacts> {
  const row = onlyRow(await sql<PositionRow & { cluster: string }>(primaryFactsStatement))
  return { ...positionOf(row), cluster: row.cluster, timeline: Number.parseInt(timelineOf(row), 16) }
}

/**
 * The timeline of a standby is that of its last checkpoint, or of its last written page: it has certainly replayed that
 * one, and may be behind with what it says for minutes after a failover.
 */
export const standbyFactsText = `
  SELECT pg_postmaster_start_time()::text AS instance, pg_is_in_recovery() AS is_standby,
    control.system_identifier::text AS cluster,
    greatest(checkpoint.timeline_id, recovery.min_recovery_end_timeline) AS timeline,
    coalesce(pg_last_wal_replay_lsn(), '0/0')::text AS replayed
  FROM pg_control_system() control, pg_control_checkpoint() checkpoint, pg_control_recovery() recovery`

export type StandbyRow = Omit<StandbyFacts, 'replayed'> & { readonly replayed: string }

/** Why reads cannot be answered by a standby; undefined if it follows the primary. */
export function standbyProblem(standby: StandbyFacts, primary: PrimaryFacts): string | undefined {
  if (standby.cluster !== primary.cluster) return 'it belongs to another cluster than DATABASE_URL'
  if (!standby.is_standby) return 'it is no standby'
  if (standby.timeline !== primary.timeline) {
    return `it has timeline ${standby.timeline} and the primary ${primary.timeline}; its next checkpoint may end that`
  }
  return undefined
}

export function parsedLsn(text: string): bigint {
  const [high = '', low = ''] = text.split('/')
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

function positionOf(row: PositionRow): WalPosition {
  return { history: `${row.started} ${timelineOf(row)}`, lsn: parsedLsn(row.lsn) }
}

/** The names of its files begin with it. */
function timelineOf({ file }: PositionRow): string {
  return file.slice(0, 8)
}

function onlyRow<Row>([row]: Row[]): Row {
  if (row === undefined) throw new Error('the database answered nothing')
  return row
}
