import { inspectStandbys } from '@taskwire/db/inspect-standbys'
import { DatabaseStartupError } from '@taskwire/db/migrate'
import type { Env } from '../../config/env.ts'
import { type Finding, note, ok, problem } from './finding.ts'

/** More than a standby that keeps up is behind at any moment. */
const BEHIND_BYTES = 16_000_000

/** Whether the servers of DATABASE_READ_URL are standbys of the database, and keep up with it. */
export async function standbyFindings({ DATABASE_URL, DATABASE_READ_URL }: Env): Promise<Finding[]> {
  if (DATABASE_URL === undefined || DATABASE_READ_URL === undefined) return []
  try {
    const standbys = await inspectStandbys(DATABASE_URL, DATABASE_READ_URL)
    return standbys.map(standbyFinding)
  } catch (error) {
    // The finding on the database says so.
    if (error instanceof DatabaseStartupError) return []
    throw error
  }
}

type InspectedStandby = Awaited<ReturnType<typeof inspectStandbys>>[number]

export function standbyFinding({ name, problem: why, behind_bytes = 0 }: InspectedStandby): Finding {
  if (why !== undefined) return problem('standby', `${name} of DATABASE_READ_URL answers no reads: ${why}`)
  const text = `${name} follows the primary, ${behind_bytes} bytes behind`
  return behind_bytes > BEHIND_BYTES ? note('standby', `${text}: it may answer few reads`) : ok('standby', text)
}
