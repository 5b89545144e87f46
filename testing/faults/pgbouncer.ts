import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Child, giveAway, startChild } from './child.ts'
import { pathOf } from './debian.ts'
import { freePort } from './ports.ts'
import { until } from './until.ts'

export interface PgBouncerOptions {
  /** The URL of the server, with user and password. Clients sign in with the same. */
  readonly url: string
  readonly mode: 'transaction' | 'session'
  /** Further settings of its `[pgbouncer]` section, such as `query_wait_timeout` or `server_login_retry` (seconds). */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** Debian's PgBouncer on a free port. Disposing of it ends it and every connection through it. */
export class PgBouncer implements AsyncDisposable {
  readonly port: number
  /** The database's URL through the pooler. */
  readonly url: string
  readonly #process: Child
  readonly #folder: string

  private constructor(given: { port: number; url: string; process: Child; folder: string }) {
    this.port = given.port
    this.url = given.url
    this.#process = given.process
    this.#folder = given.folder
  }

  static async start({ url, mode, settings = {} }: PgBouncerOptions): Promise<PgBouncer> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'taskwire-pgbouncer-'))]
    const target = new URL(url)
    const [users, file] = [join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')]
    await writeFile(users, `"${target.username}" "${decodeURIComponent(target.password)}"\n`)
    const lines = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'scram-sha-256',
      auth_file: users,
      admin_users: target.username,
      pool_mode: mode,
      ...settings,
    }
    await writeFile(
      file,
      `[databases]\n* = host=${target.hostname} port=${target.port}\n[pgbouncer]\n${Object.entries(lines)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join('')}`,
    )
    for (const path of [folder, users, file]) await giveAway(path)
    const through = new URL(url)
    through.host = `127.0.0.1:${port}`
    const process = startChild(pathOf('pgbouncer'), [file])
    const pooler = new PgBouncer({ port, url: through.href, process, folder })
    return pooler.#ready()
  }

  async #ready(): Promise<this> {
    try {
      await until('PgBouncer answers', () => this.command('SHOW VERSION'))
      return this
    } catch (error) {
      await this[Symbol.asyncDispose]()
      throw new Error(`PgBouncer did not start: ${this.log()}`, { cause: error })
    }
  }

  log(): string {
    return this.#process.output()
  }

  /** Runs a command of its console, such as `SHOW POOLS`, `PAUSE` or `KILL postgres`. */
  async command(text: string): Promise<Record<string, unknown>[]> {
    const console = new URL(this.url)
    console.pathname = '/pgbouncer'
    const client = new Client({ connectionString: console.href })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
