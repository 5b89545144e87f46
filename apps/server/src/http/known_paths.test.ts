import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { trackPaths } from './known_paths.ts'

function methodsOf(url: string): readonly string[] {
  const app = fastify({ exposeHeadRoutes: false })
  const methods = trackPaths(app)
  const handler = () => ''
  app.get('/', handler)
  app.get('/tasks/:id', handler)
  app.route({ method: ['PATCH', 'DELETE'], url: '/tasks/:id', handler })
  app.post('/tasks/all', handler)
  app.put('/files/*', handler)
  app.get('/a.b', handler)
  return methods(url)
}

test.each([
  ['/', ['GET', 'OPTIONS']],
  ['/tasks/1', ['DELETE', 'GET', 'OPTIONS', 'PATCH']],
  ['/tasks/1/', ['DELETE', 'GET', 'OPTIONS', 'PATCH']],
  ['/tasks/1?x=/y/', ['DELETE', 'GET', 'OPTIONS', 'PATCH']],
  ['/tasks/all', ['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST']],
  ['/files/a/b', ['OPTIONS', 'PUT']],
  ['/a.b', ['GET', 'OPTIONS']],
  ['/aXb', []],
  ['/tasks', []],
  ['/tasks/1/2', []],
  ['/x/tasks/1', []],
])('%s has the methods %j', (url, methods) => {
  expect(methodsOf(url)).toEqual(methods)
})
