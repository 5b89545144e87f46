import type { FastifyInstance } from 'fastify'

/** The methods that the routes of an app accept on a path; empty for an unknown path. */
export type MethodsOf = (url: string) => readonly string[]

/** Observes the routes that are added from now on. The result is used only if no route matched, so it may be slow. */
export function trackPaths(app: FastifyInstance): MethodsOf {
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
