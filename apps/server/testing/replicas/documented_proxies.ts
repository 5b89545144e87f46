import { readFile } from 'node:fs/promises'
import { startCaddy, startNginx, until } from '@taskwire/faults'
import { findPort } from '../../src/process/port.ts'
import type { Balancer, ServerPorts } from './rolling_restarts.ts'

const SCALE = new URL('../../../../docs/scale.md', import.meta.url)
const [FIRST, SECOND] = ['127.0.0.1:8001', '127.0.0.1:8002']

/** nginx as docs/scale.md configures it, but without TLS. */
export async function documentedNginx(servers: ServerPorts): Promise<Balancer> {
  const port = await findPort('127.0.0.1', 0)
  const block = changed(await example('nginx', servers), /^ *ssl_certificate.*\n/gm, '')
  const blocks = changed(block, 'listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
  // It avoids a server for 2 s, in which the other one still serves before it stops.
  return { ...(await startNginx({ port, blocks })), port, bothUp: async () => {} }
}

/** Caddy as docs/scale.md configures it, but without TLS. */
export async function documentedCaddy(servers: ServerPorts): Promise<Balancer> {
  const port = await findPort('127.0.0.1', 0)
  const sites = changed(await example('caddyfile', servers), /^tasks\.example\.com/m, `http://127.0.0.1:${port}`)
  const caddy = await startCaddy({ port, sites })
  const isUp = (server: number) => isUpInCaddy(caddy.log(), server)
  return { ...caddy, port, bothUp: () => until('Caddy uses both servers', () => servers.every(isUp), 300_000) }
}

/** Whether Caddy's last check of a server found it ready. It logs a check that failed, and the first good one after. */
function isUpInCaddy(log: string, server: number): boolean {
  const checks = log
    .split('\n')
    .filter((line) => line.includes('.health_checker.active') && line.includes(`:${server}"`))
  return checks.at(-1)?.includes('"host is up"') ?? true
}

/** The page's example in this language, with other servers. */
async function example(language: string, [one, other]: ServerPorts): Promise<string> {
  const text = await readFile(SCALE, 'utf8')
  const [, block = ''] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(text) ?? []
  return changed(changed(block, FIRST, `127.0.0.1:${one}`), SECOND, `127.0.0.1:${other}`)
}

function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to)
  if (result === text) throw new Error(`docs/scale.md has no ${String(from)} any more`)
  return result
}
