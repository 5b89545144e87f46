import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { giveAway, startChild } from './child.ts'
import { pathOf } from './debian.ts'
import { until } from './until.ts'

/** A proxy with a configuration of the test's own. Disposing of it ends it. */
export interface ConfiguredProxy extends AsyncDisposable {
  /** What it has written so far. */
  log(): string
}

/** Debian's nginx with these blocks in its `http`, one of which listens on `port` of loopback. */
export function startNginx({ port, blocks }: { readonly port: number; readonly blocks: string }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const configuration = (folder: string) => `
    # One process, which ends with ours.
    daemon off; master_process off;
    pid ${folder}/pid; error_log stderr warn; events {}
    http {
      access_log off;
      ${temporary.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
      ${blocks}
    }`
  return start({ name: 'nginx', port, configuration, args: ['-e', 'stderr', '-c'] })
}

/** Debian's Caddy with these sites, one of which listens on `port` of loopback. */
export function startCaddy({ port, sites }: { readonly port: number; readonly sites: string }) {
  const configuration = () => `{\n\tadmin off\n\tauto_https off\n}\n${sites}`
  return start({ name: 'caddy', port, configuration, args: ['run', '--adapter', 'caddyfile', '--config'] })
}

interface Program {
  readonly name: 'nginx' | 'caddy'
  readonly port: number
  readonly configuration: (folder: string) => string
  /** Its arguments before the file of the configuration. */
  readonly args: readonly string[]
}

async function start({ name, port, configuration, args }: Program): Promise<ConfiguredProxy> {
  const folder = await mkdtemp(join(tmpdir(), `taskwire-${name}-`))
  const file = join(folder, 'configuration')
  await writeFile(file, configuration(folder))
  for (const path of [folder, file]) await giveAway(path)
  // Caddy keeps a copy of its configuration at home.
  const child = startChild('env', [`HOME=${folder}`, pathOf(name), ...args, file])
  const end = async () => {
    await child[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until(`${name} accepts connections`, () => child.running() && accepts(port))
  } catch (error) {
    await end()
    throw new Error(`${name} did not start: ${child.output()}`, { cause: error })
  }
  return { log: () => child.output(), [Symbol.asyncDispose]: end }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
