import { type DatabaseFacts, inspectDatabase } from '@taskwire/db/inspect'
import { DatabaseStartupError } from '@taskwire/db/migrate'
import { embeddedDirectory, reachDatabase } from '@taskwire/db/reach'
import type { Env } from '../../config/env.ts'
import { type Finding, note, ok, problem, readableBytes } from './finding.ts'

const CLOCK_NOTE_MS = 1000
/** Tokens are accepted with a difference of 5 s. */
const CLOCK_PROBLEM_MS = 5000

/** The database that the configuration names: reachable, able to serve, up to date. An absent embedded one is not created. */
export async function databaseFindings(env: Env): Promise<Finding[]> {
  const { DATABASE_URL: url, TASKWIRE_DATA_DIR: dataDir } = env
  if (url === undefined && embeddedDirectory(dataDir) === undefined) {
    return [note('database', `none yet in ${dataDir}: the first start creates it`)]
  }
  try {
    const database = await reachDatabase({ url, dataDir, log: () => {} })
    try {
      return factFindings(await inspectDatabase(database.url), env)
    } finally {
      await database.close()
    }
  } catch (error) {
    if (error instanceof DatabaseStartupError) return [problem('database', error.message)]
    throw error
  }
}

/** What is wrong with a database of which these facts are known. */
export function factFindings(facts: DatabaseFacts, env: Pick<Env, 'DATABASE_URL' | 'DATABASE_POOL_MAX'>): Finding[] {
  return [server(facts, env), ...writing(facts), ...limits(facts, env), ...migrations(facts), clock(facts)]
}

function server(
  { version, version_number, encoding, bytes }: DatabaseFacts,
  { DATABASE_URL }: Pick<Env, 'DATABASE_URL'>,
): Finding {
  if (version_number < 140_000) return problem('database', `PostgreSQL ${version} is too old: use 14 or newer`)
  if (encoding !== 'UTF8') {
    return problem('database', `its encoding is ${encoding}: create one with ENCODING 'UTF8' TEMPLATE template0`)
  }
  const kind = DATABASE_URL === undefined ? 'embedded' : 'of DATABASE_URL'
  return ok('database', `${kind}, PostgreSQL ${version}, ${readableBytes(bytes)}`)
}

function writing(facts: DatabaseFacts): Finding[] {
  const { is_read_only, role, database, has_schema, may_create, unwritable_tables, foreign_tables, pending } = facts
  if (is_read_only)
    return [problem('privileges', 'the server is read-only (a standby?): name the primary in DATABASE_URL')]
  if (!may_create && !has_schema) {
    return [problem('privileges', `run as an administrator: GRANT CREATE ON DATABASE "${database}" TO "${role}"`)]
  }
  if (unwritable_tables.length > 0) {
    const grant = `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA taskwire TO "${role}"`
    return [problem('privileges', `no access to ${unwritable_tables.join(', ')}: ${grant}`)]
  }
  if (foreign_tables.length > 0 || !may_create) {
    const cannot = `the role "${role}" cannot apply migrations`
    // This is the intended setup where the owner applies migrations.
    if (has_schema && pending.length === 0) {
      return [note('privileges', `${cannot}: start each new version as the owner first (all are applied now)`)]
    }
    return [
      problem('privileges', `${cannot}: ALTER the owner of the schema taskwire and its tables, or use their owner`),
    ]
  }
  return [ok('privileges', `role "${role}" can read, write and migrate`)]
}

function limits(facts: DatabaseFacts, env: Pick<Env, 'DATABASE_URL' | 'DATABASE_POOL_MAX'>): Finding[] {
  const { max_connections, statement_timeout, has_trigrams } = facts
  const findings: Finding[] = []
  if (env.DATABASE_POOL_MAX > max_connections - 3) {
    const text = `DATABASE_POOL_MAX is ${env.DATABASE_POOL_MAX}, and the server allows ${max_connections}: lower the one or raise the other`
    findings.push(problem('connections', text))
  }
  if (env.DATABASE_URL !== undefined && statement_timeout === '0') {
    const text = `no time limit for statements: ALTER ROLE "${facts.role}" SET statement_timeout = '15s'`
    findings.push(note('connections', text))
  }
  if (!has_trigrams) findings.push(note('search', 'the extension pg_trgm is not installed: search reads every task'))
  return findings
}

function migrations({ pending, unknown, unfinished, outdated, has_schema }: DatabaseFacts): Finding[] {
  const [half] = unfinished
  if (half !== undefined) {
    const text = `${half} was begun and not finished: undo its effects, then prisma migrate resolve --rolled-back ${half}`
    return [problem('migrations', text)]
  }
  if (outdated !== undefined) return [problem('migrations', outdated)]
  if (unknown.length > 0)
    return [note('migrations', `a newer version was here (${unknown.join(', ')}): update this one`)]
  if (!has_schema) return [note('migrations', 'none yet: the first start applies them')]
  if (pending.length > 0) return [note('migrations', `the next start applies ${pending.join(', ')}`)]
  return [ok('migrations', 'all applied')]
}

function clock({ clock_ahead_ms }: DatabaseFacts): Finding {
  const apart = Math.abs(clock_ahead_ms)
  const text = `the database is ${(apart / 1000).toFixed(1)} s ${clock_ahead_ms < 0 ? 'behind' : 'ahead'}`
  if (apart >= CLOCK_PROBLEM_MS) return problem('clock', `${text}: synchronize both machines by NTP`)
  if (apart >= CLOCK_NOTE_MS) return note('clock', text)
  return ok('clock', `${new Date().toISOString()}, the same in the database`)
}
