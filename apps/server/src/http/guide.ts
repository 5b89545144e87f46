import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ApiError } from '@taskwire/api'
import type { Site, SiteFile } from '@taskwire/guide'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const BASE = '/docs/guide'
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const compress = promisify(gzip)

/** What is kept of a file once it was asked for. */
interface ServedFile extends SiteFile {
  readonly etag: string
  readonly compressed: Buffer
}

/** The guide below `/docs/guide`, rendered as it is asked for. An installation without the docs has none. */
export async function guideRoutes(app: FastifyInstance): Promise<void> {
  if (!existsSync(`${ROOT}/docs/guide`)) return
  const serve = guideServer()
  app.get(BASE, (request, reply) => serve('', request, reply))
  app.get<{ Params: { '*': string } }>(`${BASE}/*`, (request, reply) =>
    serve(request.params['*'].replace(/\/$/, ''), request, reply),
  )
}

/** Serves the files of a site. Most servers are never asked for the guide, so the first request opens it. */
export function guideServer(open: () => Promise<Pick<Site, 'file'>> = openGuide) {
  let opened: ReturnType<typeof open> | undefined
  const files = new Map<string, Promise<ServedFile>>()
  const prepared = async (path: string): Promise<ServedFile> => {
    opened ??= open()
    // What could not be opened is opened again by the next request.
    opened.catch(() => (opened = undefined))
    const file = await (await opened).file(path)
    if (file === undefined) throw new ApiError('not_found')
    // Weak, because the compressed and the plain bytes share it.
    const etag = `W/"${createHash('sha256').update(file.content).digest('base64url').slice(0, 22)}"`
    return { ...file, etag, compressed: await compress(file.content) }
  }
  const fileAt = (path: string): Promise<ServedFile> => {
    const known = files.get(path) ?? prepared(path)
    files.set(path, known)
    // Unknown paths are without number.
    known.catch(() => files.delete(path))
    return known
  }
  return async (path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { etag, type, isImmutable, compressed, content } = await fileAt(path)
    reply.headers({
      etag,
      'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'origin, accept-encoding',
    })
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send()
    reply.type(type)
    if (!/\bgzip\b(?!\s*;\s*q=0)/i.test(request.headers['accept-encoding'] ?? '')) return reply.send(content)
    return reply.header('content-encoding', 'gzip').send(compressed)
  }
}

async function openGuide(): Promise<Site> {
  const { openSite } = await import('@taskwire/guide')
  return openSite({ root: ROOT, base: BASE })
}

/** The weak comparison of RFC 9110, 8.8.3.2. */
function matches(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((one) => opaque(one) === opaque(etag) || one.trim() === '*')
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
