import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ignoreRangesAndPreconditions } from './whole_files.ts'

const BUILT = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** `/`: the web app if it is built, otherwise a page with links. The web app routes by `#`, so unknown paths stay 404. */
export async function webApp(app: FastifyInstance): Promise<void> {
  if (!existsSync(`${BUILT}/index.html`)) {
    app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE))
    return
  }
  ignoreRangesAndPreconditions(app)
  await app.register(staticFiles, {
    acceptRanges: false,
    root: BUILT,
    wildcard: false,
    // The build writes a compressed copy of each file.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.header('cache-control', cacheControlOf(path))
    },
  })
}

/** Browsers ask for the page and the service worker again each time: a release that they missed would never arrive. */
export function cacheControlOf(path: string): string {
  // The names of these files contain a hash of their content.
  return path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Taskwire</title>
<h1>Taskwire</h1>
<p>This task backend is running.</p>
<ul>
  <li><a href="/docs/guide">Guide</a></li>
  <li><a href="/docs">REST API documentation</a>, as <a href="/openapi.json">OpenAPI</a></li>
  <li>tRPC at <code>/trpc</code></li>
  <li><a href="/health">Health</a></li>
</ul>
</html>
`
