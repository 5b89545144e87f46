import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kill } from 'node:process'
import { Client } from 'pg'
import { type Child, childrenOf, giveAway, startChild } from './child.ts'
import { pathOf } from './debian.ts'
import { patroniConfig, type NodePorts } from './patroni_config.ts'
import { CHECK_USER, PASSWORD } from './postgres_cluster.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

const START_MS = 120_000

interface Node {
  readonly name: string
  readonly folder: string
  readonly ports: NodePorts
  patroni: Child | undefined
}

/**
 * PostgreSQL servers that Patroni manages, with an etcd of their own: it promotes the synchronous standby when the
 * primary is lost, and makes a lost node a standby again. Disposing of it ends everything.
 */
export class PatroniCluster implements AsyncDisposable {
  readonly #folder: string
  readonly #etcdPort: number
  readonly #etcd: Child
  readonly #nodes: Node[] = []
  // A node's PostgreSQL outlives its Patroni.
  readonly #onExit = () => this.#nodes.forEach((node) => killPostgres(node))

  private constructor(folder: string, etcdPort: number, etcd: Child) {
    this.#folder = folder
    this.#etcdPort = etcdPort
    this.#etcd = etcd
    process.once('exit', this.#onExit)
  }

  /** Resolves when the cluster has a primary and a synchronous standby. */
  static async start(nodes = 2): Promise<PatroniCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'taskwire-patroni-'))
    await giveAway(folder)
    const [clients, peers] = [await freePort(), await freePort()]
    const [client, peer] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`]
    const urls = ['--listen-client-urls', client, '--advertise-client-urls', client, '--listen-peer-urls', peer]
    const self = ['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`]
    const data = ['--data-dir', join(folder, 'etcd'), '--unsafe-no-fsync']
    const etcd = startChild(pathOf('etcd'), [...urls, ...self, ...data])
    const cluster = new PatroniCluster(folder, clients, etcd)
    try {
      for (let number = 1; number <= nodes; number++) await cluster.#addNode(`node${number}`)
      await cluster.complete()
      await cluster.query(`CREATE ROLE ${CHECK_USER} LOGIN`)
      return cluster
    } catch (error) {
      const log = cluster.log()
      await cluster[Symbol.asyncDispose]()
      throw new Error(`the cluster did not start: ${log.slice(-3000)}`, { cause: error })
    }
  }

  /** The ports of its PostgreSQL servers. */
  get ports(): number[] {
    return this.#nodes.map(({ ports }) => ports.postgres)
  }

  /** Leads to the primary of the moment. */
  get url(): string {
    const hosts = this.ports.map((port) => `127.0.0.1:${port}`).join(',')
    return `postgresql://postgres:${PASSWORD}@${hosts}/postgres?target_session_attrs=read-write`
  }

  urlAt(port: number): string {
    return `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
  }

  log(): string {
    return [this.#etcd, ...this.#nodes.map(({ patroni }) => patroni)].map((child) => child?.output()).join('\n')
  }

  /**
   * Kills the primary by SIGKILL: its PostgreSQL, or its Patroni too, as with a machine that fails. Resolves to
   * the port of what is lost.
   */
  async losePrimary(what: 'postgres' | 'machine'): Promise<number> {
    const primary = await this.#primary()
    // Suspended first; otherwise the processes that live a moment longer would notify their clients.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      if (what === 'machine') primary.patroni?.signal(signal)
      killPostgres(primary, signal)
    }
    if (what === 'machine') {
      await primary.patroni?.ended
      primary.patroni = undefined
    }
    return primary.ports.postgres
  }

  /** Resolves when another server than the one at this port takes writes. */
  async promotedAfter(lost: number): Promise<void> {
    const ports = this.ports.filter((port) => port !== lost)
    const isPromoted = async () => (await Promise.all(ports.map((port) => this.#takesWrites(port)))).includes(true)
    await until('another server is promoted', isPromoted, START_MS)
  }

  /** Starts the nodes that were killed, and resolves when there is a synchronous standby again. */
  async complete(): Promise<void> {
    for (const node of this.#nodes) {
      node.patroni ??= startChild(pathOf('patroni'), [join(node.folder, 'patroni.yml')])
    }
    await until(
      'there is a synchronous standby',
      async () => (await this.#having('synchronous')) !== undefined,
      START_MS,
    )
  }

  /** Runs one statement on the primary as the superuser. */
  async query(text: string): Promise<void> {
    await this.#queryAt((await this.#primary()).ports.postgres, text)
  }

  async #takesWrites(port: number): Promise<boolean> {
    const rows = await this.#queryAt(port, 'SELECT pg_is_in_recovery() AS standby').catch(() => [])
    return rows[0]?.['standby'] === false
  }

  async #queryAt(port: number, text: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.urlAt(port), connectionTimeoutMillis: 3000 })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  #primary(): Promise<Node> {
    return until('there is a primary', () => this.#having('primary'), START_MS)
  }

  /** The node whose Patroni says that it has this role; `synchronous` is that of a standby. */
  async #having(role: 'primary' | 'synchronous'): Promise<Node | undefined> {
    for (const node of this.#nodes) {
      const response = await fetch(`http://127.0.0.1:${node.ports.api}/${role}`).catch(() => undefined)
      await response?.body?.cancel()
      if (response?.status === 200) return node
    }
    return undefined
  }

  async #addNode(name: string): Promise<void> {
    const folder = join(this.#folder, name)
    const ports = { postgres: await freePort(), api: await freePort() }
    await mkdir(folder)
    await giveAway(folder)
    const file = join(folder, 'patroni.yml')
    await writeFile(file, patroniConfig({ name, folder, ports, etcdPort: this.#etcdPort }))
    await giveAway(file)
    this.#nodes.push({ name, folder, ports, patroni: undefined })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) {
      await node.patroni?.[Symbol.asyncDispose]()
      killPostgres(node)
    }
    await this.#etcd[Symbol.asyncDispose]()
    process.off('exit', this.#onExit)
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function killPostgres({ folder }: Node, signal: NodeJS.Signals = 'SIGKILL'): void {
  const pid = postmaster(folder)
  if (pid === undefined) return
  for (const each of [pid, ...childrenOf(pid)]) {
    try {
      kill(each, signal)
    } catch {
      // It has ended meanwhile.
    }
  }
}

function postmaster(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n', 1)[0])
    // The number of a process that ended long ago may be another one's now.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) ? pid : undefined
  } catch {
    return undefined
  }
}
