import type { Connections } from '@taskwire/db'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { taskwireVersion } from '../config/version.ts'
import { statementLabel } from './statement_label.ts'

export interface RequestSample {
  readonly route: string
  readonly method: string
  readonly status: number
  readonly transport: string
  readonly seconds: number
}

export type SignInResult = 'succeeded' | 'failed' | 'limited' | 'error'

/** What is read at each scrape. */
export interface MetricSources {
  readonly connections: () => Connections
  readonly streams: () => number
  /** The standbys that answer reads, and the others. Absent: none are configured. */
  readonly standbys?: (() => { used: number; unused: number }) | undefined
}

/** What a process measures of itself. Labels have few values, and none that belongs to a user. */
export interface Metrics {
  observeRequest(sample: RequestSample): void
  observeStatement(name: string, ms: number): void
  /** Counts a read that a standby may answer, by where it was answered. */
  countRead(place: 'primary' | 'standby'): void
  countSignIn(result: SignInResult): void
  countLateReminders(count: number): void
  /** Names what is read at each scrape. */
  watch(sources: MetricSources): void
  /** Names how to read, at each scrape, how many changes are still to be delivered to webhooks. */
  watchWebhooks(lag: () => Promise<number>): void
  readonly contentType: string
  /** For the sum over several processes. */
  json(): Promise<unknown>
  /** In Prometheus' text format. */
  text(): Promise<string>
}

/** From the duration of a read of one task to the longest that a request may take. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const STATEMENT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'taskwire_http_request_duration_seconds',
    help: 'Time until a response was sent. A tRPC route names its procedure; paths without a route are "unknown".',
    labelNames: ['route', 'method', 'status', 'transport'],
    buckets: REQUEST_BUCKETS,
    registers,
  })
  const statements = new Histogram({
    name: 'taskwire_db_statement_duration_seconds',
    help: 'Time of a database statement, waiting for a connection included.',
    labelNames: ['statement'],
    buckets: STATEMENT_BUCKETS,
    registers,
  })
  const reads = new Counter({
    name: 'taskwire_db_reads_total',
    help: 'Reads that a standby of DATABASE_READ_URL may answer, by where they were answered.',
    labelNames: ['place'],
    registers,
  })
  const signIns = new Counter({
    name: 'taskwire_sign_ins_total',
    help: 'Sign-ins with a password.',
    labelNames: ['result'],
    registers,
  })
  const lateReminders = new Counter({
    name: 'taskwire_reminders_late_total',
    help: 'Reminders that this process fired more than 60 s after their time.',
    registers,
  })
  for (const result of ['succeeded', 'failed', 'limited', 'error']) signIns.inc({ result }, 0)
  new Gauge({
    name: 'taskwire_build_info',
    help: 'Always 1.',
    labelNames: ['version'],
    aggregator: 'first',
    registers,
  }).set({ version: taskwireVersion() }, 1)
  return {
    observeRequest: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    observeStatement: (name, ms) => statements.observe({ statement: statementLabel(name) }, ms / 1000),
    countRead: (place) => reads.inc({ place }),
    countSignIn: (result) => signIns.inc({ result }),
    countLateReminders: (count) => lateReminders.inc(count),
    watch: (sources) => addGauges(registers, sources),
    watchWebhooks: (lag) => addWebhookLag(registers, lag),
    contentType: registry.contentType,
    json: () => registry.getMetricsAsJSON(),
    text: () => registry.metrics(),
  }
}

function addGauges(registers: Registry[], { connections, streams, standbys }: MetricSources): void {
  if (standbys !== undefined) addStandbys(registers, standbys)
  const open = new Gauge({
    name: 'taskwire_db_connections',
    help: 'Database connections of this process; "waiting" counts statements that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(connections())) open.set({ state }, count)
    },
  })
  const listening = new Gauge({
    name: 'taskwire_event_streams',
    help: 'Open streams of live events.',
    registers,
    collect() {
      listening.set(streams())
    },
  })
}

function addStandbys(registers: Registry[], standbys: NonNullable<MetricSources['standbys']>): void {
  const known = new Gauge({
    name: 'taskwire_db_standbys',
    help: 'Standbys of DATABASE_READ_URL: those that answer reads of this process are "used".',
    labelNames: ['state'],
    registers,
    aggregator: 'max',
    collect() {
      for (const [state, count] of Object.entries(standbys())) known.set({ state }, count)
    },
  })
}

/** The lag is that of all replicas together, so each of them reports the same. */
function addWebhookLag(registers: Registry[], lag: () => Promise<number>): void {
  const behind = new Gauge({
    name: 'taskwire_webhook_lag_changes',
    help: 'Changes that are still to be delivered to enabled webhooks, over all replicas.',
    registers,
    aggregator: 'max',
    async collect() {
      // Without the database the other metrics are the more important: this one keeps its value.
      await lag().then(
        (changes) => behind.set(changes),
        () => {},
      )
    },
  })
}
