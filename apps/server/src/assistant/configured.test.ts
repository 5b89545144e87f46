import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** Whether a process loads the agents SDK when the assistant of this environment answers a message. */
async function loadsAgentsSdk(env: Record<string, string>): Promise<boolean> {
  const script = `
    import { registerHooks } from 'node:module'
    const resolved = []
    registerHooks({ resolve(specifier, context, next) { resolved.push(specifier); return next(specifier, context) } })
    const { configuredAssistant } = await import('./configured.ts')
    const request = { history: [], historyIsCut: false, message: 'hello', tools: [], signal: AbortSignal.timeout(20_000) }
    await configuredAssistant(${JSON.stringify(env)}).answer(request).catch(() => {})
    console.log(resolved.includes('@openai/agents-core'))
    process.exit()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
  })
  return JSON.parse(stdout)
}

test('without a model the agents SDK is never loaded', async () => {
  expect(await loadsAgentsSdk({})).toBe(false)
})

test('with a model the first answer loads the agents SDK', async () => {
  expect(await loadsAgentsSdk({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })).toBe(true)
})
