import { setImmediate as nextTurn } from 'node:timers/promises'
import type { openApp } from './open_app.ts'

/**
 * Loads `openApp`. An import blocks the thread until all that it imports is loaded, so it is done in steps: the
 * start of the database, which `beginDatabase` has begun, goes on between them.
 */
export async function loadApp(): Promise<typeof openApp> {
  for (const load of STEPS) {
    await load()
    await nextTurn()
  }
  return (await import('./open_app.ts')).openApp
}

const STEPS = [
  () => import('fastify'),
  () => import('@taskwire/db'),
  () => import('@taskwire/api'),
  () => import('../http/app.ts'),
  () => import('./services.ts'),
]
