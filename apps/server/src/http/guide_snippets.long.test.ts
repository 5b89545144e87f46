import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

// The code of the guide is run as a reader runs it: the shell blocks of a page as one session, its TypeScript blocks as one
// program, its Python blocks as one. A block of JSON after them shows a part of their output. A block that is marked
// `example` needs what a test does not have.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const pages = [
  'docs/guide/README.md',
  'docs/guide/front-end.md',
  'docs/guide/rest.md',
  'docs/guide/agent.md',
  'docs/guide/operator.md',
  'docs/guide/log.md',
  'docs/guide/versions.md',
  'docs/guide/keys.md',
  'docs/guide/undo.md',
  'docs/guide/from-fastapi.md',
  'docs/guide/from-supabase.md',
  'docs/guide/from-todoist.md',
  'docs/sign-in.md',
  'docs/connect.md',
  'docs/webhooks.md',
  'docs/reminders.md',
  'docs/import-export.md',
  'deploy/README.md',
  'packages/client/README.md',
  'packages/mcp/README.md',
  // Its component is shown by react.test.ts.
  'packages/react/README.md',
  // As this one's is by offline.test.ts.
  'packages/offline/README.md',
]
const SEPARATOR = '--- the next block ---'
const hasPython = spawnSync('python3', ['--version']).status === 0
const hasCurl = spawnSync('curl', ['--version']).status === 0

interface Block {
  readonly language: string
  readonly code: string
  /** What the page shows of its output. */
  readonly shown?: unknown
}

let server: SignInServer
let url: string
let folder: string
beforeAll(async () => {
  server = await signInServer({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  folder = await mkdtemp(join(tmpdir(), 'taskwire-guide-'))
  await symlink(join(root, 'apps/server/node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

function blocksOf(page: string): Block[] {
  const blocks: { language: string; code: string; shown?: unknown }[] = []
  const text = readFileSync(join(root, page), 'utf8')
  for (const [, language = '', rest = '', code = ''] of text.matchAll(/^```(\w*)(.*)\n([^]*?)^```$/gm)) {
    if (rest.trim() === 'example' || language === '') continue
    const last = blocks.at(-1)
    if (language === 'json' && last !== undefined) last.shown = JSON.parse(code)
    else blocks.push({ language, code })
  }
  return blocks
}

/** The environment of a reader who followed the quick start. */
async function reader(): Promise<Record<string, string>> {
  const { id, token, session } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'guide', configId: 'write' })
  const account = { ME: id, USER_ID: id, TOKEN: token, SESSION: session, TASKWIRE_API_KEY: key }
  return { PATH: process.env['PATH'] ?? '', NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '', URL: url, ...account }
}

/** The command that runs the blocks of a page in a language. */
async function commandOf(language: string, blocks: readonly Block[]): Promise<readonly [string, ...string[]]> {
  const codes = blocks.map(({ code }) => code.replaceAll('http://127.0.0.1:8000', url))
  if (language === 'sh') return ['sh', '-euc', codes.join(`\necho; echo '${SEPARATOR}'\n`)]
  if (language === 'python') return ['python3', '-c', codes.join(`\nprint("""\n${SEPARATOR}""")\n`)]
  if (language !== 'ts') throw new Error(`nothing runs ${language}: mark it as example, or as json if it is output`)
  const file = join(folder, `page-${process.hrtime.bigint()}.ts`)
  await writeFile(file, program(codes, `\nconsole.log('\\n${SEPARATOR}')\n`))
  return [process.execPath, '--disable-warning=ExperimentalWarning', file]
}

/** The blocks as one module. Where a token comes from is the reader's: some pages leave it out. */
function program(codes: readonly string[], between = '\n'): string {
  const text = codes.join(between)
  const needsToken = text.includes('getToken') && !text.includes('function getToken')
  return needsToken
    ? `${text}\nasync function getToken() { return process.env['TOKEN'] ?? '' }\n`
    : `${text}\nexport {}\n`
}

/** Fails unless what the page shows is a part of the output. What differs from run to run is there, with any value. */
function expectShown(output: string, shown: unknown): void {
  const written = output.trim().split('\n').at(-1) ?? ''
  // Node prints objects as JavaScript.
  const value: unknown = written.startsWith('{"') ? JSON.parse(written) : output.replaceAll('\n', ' ')
  if (typeof value !== 'string') return expect(value).toMatchObject(anyIds(shown))
  for (const [name, one] of Object.entries(Object(shown))) {
    const printed = typeof one === 'string' ? `'${one}'` : JSON.stringify(one)
    expect(value).toMatch(`${name}: ${name.endsWith('id') ? '' : printed}`)
  }
}

function anyIds(shown: unknown): object {
  return JSON.parse(JSON.stringify(shown), (name, value) => (/^(.*_)?id$/.test(name) ? expect.any(Number) : value))
}

test('curl and python3 are here, or this is no machine of the continuous integration', () => {
  if (process.env['CI'] !== undefined) expect({ hasCurl, hasPython }).toEqual({ hasCurl: true, hasPython: true })
})

const languages = pages.flatMap((page) =>
  [...Map.groupBy(blocksOf(page), ({ language }) => language)]
    .filter(([language]) => language !== 'tsx')
    .map(([language, blocks]) => ({ page, language, blocks })),
)

test.each(languages)('the $language of $page does what the page says', async ({ language, blocks }) => {
  if ((language === 'sh' && !hasCurl) || (language === 'python' && !hasPython)) return
  const [command, ...args] = await commandOf(language, blocks)
  const { stdout } = await run(command, args, { cwd: folder, env: await reader() })
  const outputs = stdout.split(SEPARATOR)
  expect(outputs).toHaveLength(blocks.length)
  for (const [index, { shown, code }] of blocks.entries()) {
    const output = outputs[index] ?? ''
    if (shown !== undefined) expectShown(output, shown)
    // A comment after console.log is what it prints.
    for (const [, comment = ''] of code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)) expect(output).toContain(comment)
  }
})

test('the TypeScript of all pages compiles, strictly', async () => {
  await mkdir(join(folder, 'react'))
  await symlink(join(root, 'packages/react/node_modules'), join(folder, 'react/node_modules'))
  for (const page of pages) {
    const name = `typed-${page.replaceAll(/\W/g, '-')}`
    for (const [language, file] of [
      ['ts', join(folder, `${name}.ts`)],
      ['tsx', join(folder, 'react', `${name}.tsx`)],
    ] as const) {
      const blocks = blocksOf(page).filter((block) => block.language === language)
      if (blocks.length > 0) await writeFile(file, program(blocks.map(({ code }) => code)))
    }
  }
  // A page may name what it does not use.
  const compilerOptions = {
    noUnusedLocals: false,
    typeRoots: [join(root, 'node_modules/@types')],
    lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'],
    jsx: 'react-jsx',
    paths: {
      '@taskwire/react': [join(root, 'packages/react/src/index.ts')],
      '@taskwire/offline': [join(root, 'packages/offline/src/index.ts')],
    },
  }
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['typed-*', 'react/typed-*'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const told = await run(process.execPath, [tsc, '-p', folder], { cwd: folder }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  )
  expect(told).toBe('')
})
