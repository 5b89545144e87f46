import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Child, giveAway, startChild } from './child.ts'
import { pathOf } from './debian.ts'
import { CHECK_USER } from './postgres_cluster.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

export interface HttpBalancerOptions {
  /** The servers' ports on loopback. The servers need not run yet. */
  readonly ports: readonly number[]
  /** The interval between checks of each server, 2000 by default. */
  readonly checkMs?: number
  /** How many failed checks remove a server, 1 by default; one successful check adds it again. */
  readonly fall?: number
  /** Whether a request whose connection failed is retried on another server. False by default, to hide no failure. */
  readonly redispatch?: boolean
}

export interface PrimaryFollowerOptions {
  /** The ports of `PostgresServer`s, one of which accepts writes. */
  readonly ports: readonly number[]
  readonly checkMs?: number
}

/** Debian's haproxy on a free port. Disposing of it ends it and every connection through it. */
export class Haproxy implements AsyncDisposable {
  readonly port: number
  readonly #process: Child
  readonly #folder: string

  private constructor(port: number, process: Child, folder: string) {
    this.port = port
    this.#process = process
    this.#folder = folder
  }

  /** Spreads HTTP requests over the servers whose `/health/ready` is 200. */
  static http({ ports, checkMs = 2000, fall = 1, redispatch = false }: HttpBalancerOptions): Promise<Haproxy> {
    return Haproxy.#start(ports, [
      'mode http',
      'timeout http-request 10s',
      'balance roundrobin',
      'option httpchk GET /health/ready',
      'http-check expect status 200',
      redispatch ? 'retries 3' : 'retries 0',
      redispatch ? 'option redispatch 1' : 'no option redispatch',
      `default-server inter ${checkMs} fastinter ${checkMs} downinter ${checkMs} fall ${fall} rise 1`,
    ])
  }

  /** Routes PostgreSQL connections to the primary, and cuts those to a server that no longer is. */
  static primary({ ports, checkMs = 200 }: PrimaryFollowerOptions): Promise<Haproxy> {
    return Haproxy.#start(ports, [
      'mode tcp',
      'option tcp-check',
      'tcp-check connect',
      `tcp-check send-binary ${startUpMessage(CHECK_USER).toString('hex')}`,
      // Every server since version 14 reports it during start-up, before any query.
      `tcp-check expect binary ${Buffer.from('in_hot_standby\0off\0').toString('hex')}`,
      `default-server inter ${checkMs} fall 1 rise 1 on-marked-down shutdown-sessions`,
    ])
  }

  static async #start(ports: readonly number[], lines: readonly string[]): Promise<Haproxy> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'taskwire-haproxy-'))]
    const file = join(folder, 'haproxy.cfg')
    const servers = ports.map((one) => `server port_${one} 127.0.0.1:${one} check`)
    await writeFile(file, configuration(port, folder, [...lines, ...servers]))
    for (const path of [folder, file]) await giveAway(path)
    const haproxy = new Haproxy(port, startChild(pathOf('haproxy'), ['-db', '-f', file]), folder)
    try {
      // Until its first check a server counts as up, and connections are routed to it.
      await until('haproxy has checked every server', async () =>
        (await haproxy.#servers()).every(({ check }) => !/^(\* )?(UNK|INI)?$/.test(check)),
      )
      return haproxy
    } catch (error) {
      await haproxy[Symbol.asyncDispose]()
      throw new Error(`haproxy did not start: ${haproxy.log()}`, { cause: error })
    }
  }

  log(): string {
    return this.#process.output()
  }

  /** The ports of the servers that have passed their last check. */
  async up(): Promise<number[]> {
    const servers = await this.#servers()
    return servers.filter(({ status }) => status === 'UP').map(({ port }) => port)
  }

  async #servers(): Promise<{ port: number; status: string; check: string }[]> {
    const statistics = await this.#asked('show stat')
    const rows = statistics.split('\n').map((line) => line.split(','))
    // The second column is the name, the 18th the status, the 37th the last check.
    return rows.flatMap(({ 1: name = '', 17: status = '', 36: check = '' }) =>
      name.startsWith('port_') ? [{ port: Number(name.slice(5)), status, check }] : [],
    )
  }

  #asked(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.#folder, 'control'))
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString()))
      socket.on('end', () => resolve(answer))
      socket.on('error', reject)
      socket.end(`${command}\n`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function configuration(port: number, folder: string, lines: readonly string[]): string {
  const defaults = ['timeout connect 1s', 'timeout client 60s', 'timeout server 60s', 'timeout check 1s']
  const indented = [...defaults, ...lines].map((line) => `  ${line}`).join('\n')
  return `global\n  stats socket ${join(folder, 'control')}\nlisten all\n  bind 127.0.0.1:${port}\n${indented}\n`
}

/** The first message of a PostgreSQL client: protocol 3.0, its user, the database. */
function startUpMessage(user: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8, 0)
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, body])
}
