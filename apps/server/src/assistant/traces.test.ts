import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)

/** The hosts that a production process connects to when it runs an agent; in tests the SDK does not trace by default. */
async function connections(load: string): Promise<string> {
  const script = `
    import { Socket } from 'node:net'
    const hosts = []
    Socket.prototype.connect = function (...args) { hosts.push(args.flat()[0]?.host); throw new Error('no network') }
    const sdk = await ${load}
    const model = { async getResponse() {
      const content = [{ type: 'output_text', text: 'Hi.' }]
      return { usage: new sdk.Usage(), output: [{ type: 'message', role: 'assistant', status: 'completed', content }] }
    } }
    await new sdk.Runner().run(new sdk.Agent({ name: 'a', model }), 'Hello')
    await sdk.getGlobalTraceProvider().forceFlush().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 300))
    console.log(JSON.stringify(hosts))
    process.exit()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      OPENAI_API_KEY: 'sk-test',
      NODE_ENV: 'production',
    },
  })
  return stdout.trim()
}

test('the SDK sends traces to OpenAI with its own exporter', async () => {
  const load = `import('@openai/agents-openai').then((models) => {
    models.setDefaultOpenAITracingExporter()
    return import('@openai/agents-core')
  })`
  expect(await connections(load)).toContain('openai.com')
})

test('the SDK as we load it sends no traces, even if the environment does not turn them off', async () => {
  expect(await connections(`import('./sdk.ts').then(({ agentsSdk }) => agentsSdk())`)).toBe('[]')
})
