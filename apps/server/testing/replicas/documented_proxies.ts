import { readFile } from 'node:fs/promises'
import { type ConfiguredProxy, startCaddy, startNginx } from '@taskwire/faults'
import { findPort } from '../../src/process/port.ts'
import type { Balancer, ServerPorts } from './rolling_restarts.ts'

const SCALE = new URL('../../../../docs/scale.md', import.meta.url)
const [FIRST, SECOND] = ['127.0.0.1:8001', '127.0.0.1:8002']

/** nginx as docs/scale.md configures it, but without TLS. */
export async function documentedNginx(servers: ServerPorts): Promise<Balancer> {
  const port = await findPort('127.0.0.1', 0)
  const block = changed(await example('nginx', servers), /^ *ssl_certificate.*\n/gm, '')
  const blocks = changed(block, 'listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
  return balancer(port, await startNginx({ port, blocks }))
}

/** Caddy as docs/scale.md configures it, but without TLS. */
export async function documentedCaddy(servers: ServerPorts): Promise<Balancer> {
  const port = await findPort('127.0.0.1', 0)
  const sites = changed(await example('caddyfile', servers), /^tasks\.example\.com/m, `http://127.0.0.1:${port}`)
  return balancer(port, await startCaddy({ port, sites }))
}

/** Both look again 2 s after a failure at most, which is less than the next server goes on serving before it stops. */
function balancer(port: number, proxy: ConfiguredProxy): Balancer {
  return { ...proxy, port, bothUp: async () => {} }
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
