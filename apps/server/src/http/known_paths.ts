import type { FastifyInstance } from 'fastify'

/** Which methods the routes of an app answer on a path; empty where there is no such path. */
export type MethodsOf = (url: string) => readonly string[]

/** Watches the routes that are added from here on. Asked only where no route matched, so it may be slow. */
export function knownPaths(app: FastifyInstance): MethodsOf {
  const paths = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() }
    paths.set(url, known)
    for (const one of [method].flat()) known.methods.add(one)
  })
  return (url) => {
    const path = url.replace(/\?.*$/s, '').replace(/(?<=.)\/$/, '')
    const matching = [...paths.values()].filter(({ pattern }) => pattern.test(path))
    const methods = new Set(matching.flatMap(({ methods }) => [...methods]))
    return methods.size === 0 ? [] : [...methods.add('OPTIONS')].toSorted()
  }
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replace(/[^\w-]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/').replace(/(?<=.)\/$/, '')}$`, 's')
}
