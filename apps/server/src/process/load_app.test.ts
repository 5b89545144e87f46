import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('what runs before the database is begun loads none of the large packages of the app', () => {
  const serve = new URL('serve.ts', import.meta.url).href
  const code = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
    await import(${JSON.stringify(serve)})
    console.log(JSON.stringify(loaded))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  const loaded: string[] = JSON.parse(stdout)
  expect(loaded).toContain(serve)
  expect(loaded.filter((url) => /begin_database/.test(url))).toHaveLength(1)
  const large = /\/(?:fastify|@prisma|@trpc|better-auth|openai|@modelcontextprotocol)\/|open_app\.ts|prisma\/generated/
  expect(loaded.filter((url) => large.test(url))).toEqual([])
})
