import { connectTo } from '../migrate/migrate.ts'
import { standbyAddress } from '../pool/connection.ts'
import { nameOf, type DatabaseServer } from '../pool/database_url.ts'
import { connectMonitor } from '../pool/standby/monitor.ts'
import { primaryFacts, standbyProblem, type PrimaryFacts } from '../pool/standby/wal_position.ts'

/** What an operator may have to know of a standby that answers reads. */
export interface InspectedStandby {
  readonly name: string
  /** How much of the log it has not replayed yet; undefined where it cannot answer reads. */
  readonly behind_bytes: number | undefined
  /** Why it cannot answer reads. */
  readonly problem: string | undefined
}

/** Looks at the standbys that `readUrl` names. Throws `DatabaseStartupError` where their primary cannot be reached. */
export async function inspectStandbys(url: string, readUrl: string): Promise<InspectedStandby[]> {
  const client = await connectTo(url)
  try {
    const primary = await primaryFacts(
      async <Row>({ text, values }: { text: string; values: readonly unknown[] }) =>
        (await client.query(text, [...values])).rows as Row[],
    )
    const { servers, config } = standbyAddress(readUrl)
    return await Promise.all(servers.map((server) => inspected(server, { config, primary })))
  } finally {
    await client.end().catch(() => {})
  }
}

interface Comparison {
  readonly config: ReturnType<typeof standbyAddress>['config']
  readonly primary: PrimaryFacts
}

async function inspected(server: DatabaseServer, { config, primary }: Comparison): Promise<InspectedStandby> {
  const name = nameOf(server)
  try {
    const monitor = await connectMonitor(server, config)
    try {
      const facts = await monitor.facts()
      const problem = standbyProblem(facts, primary)
      const behind = facts.replayed < primary.lsn ? Number(primary.lsn - facts.replayed) : 0
      return { name, problem, behind_bytes: problem === undefined ? behind : undefined }
    } finally {
      monitor.close()
    }
  } catch (error) {
    return { name, problem: error instanceof Error ? error.message : String(error), behind_bytes: undefined }
  }
}
