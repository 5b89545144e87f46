import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { answerWholeFiles } from './whole_files.ts'

const BUILT = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** `/`: the web app where it is built, else a page that says where to go. The app routes by `#`: unknown paths stay 404. */
export async function webApp(app: FastifyInstance): Promise<void> {
  if (!existsSync(`${BUILT}/index.html`)) {
    app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE))
    return
  }
  answerWholeFiles(app)
  await app.register(staticFiles, {
    acceptRanges: false,
    root: BUILT,
    wildcard: false,
    // The build leaves a compressed copy beside each file.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // What the build puts there is named by its content.
      const lasting = path.includes('/assets/')
      response.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Taskwire</title>
<h1>Taskwire</h1>
<p>This is a task backend. It answers.</p>
<ul>
  <li><a href="/docs">Documentation of the REST routes</a>, as <a href="/openapi.json">OpenAPI</a></li>
  <li>tRPC at <code>/trpc</code></li>
  <li><a href="/health">Health</a></li>
</ul>
</html>
`
