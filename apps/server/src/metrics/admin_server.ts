import { createServer, type Server, type ServerResponse } from 'node:http'
import { taskwireVersion } from '../config/version.ts'
import type { Metrics } from './metrics.ts'

export interface AdminServerOptions {
  readonly metrics: Pick<Metrics, 'contentType' | 'text'>
  readonly isReady: () => Promise<boolean>
  readonly onError: (error: unknown) => void
}

/**
 * `/metrics`, `/health` and `/health/ready` on a port of their own, which need not be reachable for callers. Here `/health`
 * also says which version runs; the public one does not.
 */
export function adminServer({ metrics, isReady, onError }: AdminServerOptions): Server {
  const health = { status: 'healthy', service: 'todo-backend', version: taskwireVersion() }
  return createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '')
    if (request.method !== 'GET' && request.method !== 'HEAD') return sendJson(response, 405, { status: 'not allowed' })
    respond(path, response).catch((error: unknown) => {
      onError(error)
      sendJson(response, 500, { status: 'error' })
    })
  })

  async function respond(path: string, response: ServerResponse): Promise<void> {
    if (path === '/health') return sendJson(response, 200, health)
    if (path === '/health/ready') {
      const ready = await isReady()
      return sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable' })
    }
    if (path !== '/metrics') return sendJson(response, 404, { status: 'not found' })
    const text = await metrics.text()
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
