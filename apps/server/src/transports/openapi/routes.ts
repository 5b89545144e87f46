import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Operation } from '@taskwire/api'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { ignoreRangesAndPreconditions } from '../../http/whole_files.ts'

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const ASSETS = ['/swagger-ui.css', '/swagger-ui-bundle.js', '/favicon-32x32.png']

export interface OpenApiRoutesOptions {
  readonly operations: readonly Operation[]
}

/** The OpenAPI document at `/openapi.json` and interactive documentation at `/docs`, with all assets served from here. */
export function openApiRoutes({ operations }: OpenApiRoutesOptions): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    let written: Promise<string> | undefined
    app.get('/openapi.json', async (_request, reply) => {
      // Most servers are never asked for it, and writing it would take a tenth of their start.
      written ??= import('./document.ts').then(({ openApiDocument }) => JSON.stringify(openApiDocument(operations)))
      // What could not be loaded is loaded again by the next request.
      written.catch(() => (written = undefined))
      return reply.type('application/json; charset=utf-8').send(await written)
    })
    app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE))
    app.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START))
    ignoreRangesAndPreconditions(app)
    await app.register(staticFiles, {
      acceptRanges: false,
      root: SWAGGER_UI,
      prefix: '/docs/assets/',
      decorateReply: false,
      allowedPath: (path) => ASSETS.includes(path),
      maxAge: '1h',
    })
  }
}

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Taskwire API</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<style>nav { padding: 12px 20px; font-family: sans-serif }</style>
<nav><a href="/docs/guide">Guide</a> · <a href="/docs/guide/reference/errors">Errors</a> · <a href="/openapi.json">openapi.json</a></nav>
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`

const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
})
`
