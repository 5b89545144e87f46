import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed, output, packed, root, temporaryFolder } from './index.ts'

// The samples and our declarations beside each minor version of TypeScript, strictly. tRPC 11 asks for 5.7 in its peers, and
// its declarations need it: before, they only compile unchecked (`skipLibCheck`), and types of streams are lost.

const COMPILERS = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2'] as const
const CHECKED = COMPILERS.indexOf('5.7.3')

const { path: folder, remove } = await temporaryFolder()
const project = join(folder, 'project')
beforeAll(async () => {
  const tarballs = [await packed('client', folder), await packed('react', folder), await packed('api', folder)]
  tarballs.push(await packed('offline', folder))
  await installed(project, [
    ...tarballs,
    '@trpc/client@11',
    '@trpc/server@11',
    '@tanstack/react-query@5',
    'react@19',
    '@types/react@19',
    'fastify@5',
    'vitest@5',
    '@types/node@24',
    // tRPC's adapter of WebSockets imports them, and so does its adapter of Fastify.
    '@types/ws@8',
  ])
  cpSync(join(root, 'docs/sample.ts'), join(project, 'sample.ts'))
  cpSync(join(root, 'examples/vite-react/src/tasks.tsx'), join(project, 'tasks.tsx'))
  for (const name of ['context', 'router', 'next', 'fastify']) {
    cpSync(join(root, `examples/embed/${name}.ts`), join(project, `${name}.ts`))
  }
  const [, block = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'packages/api/README.md'), 'utf8')) ?? []
  writeFileSync(join(project, 'kit.test.ts'), block)
  const [, page = ''] = /```tsx\n([^]*?)```/.exec(readFileSync(join(root, 'packages/offline/README.md'), 'utf8')) ?? []
  writeFileSync(join(project, 'offline.tsx'), page)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: ['node'],
    allowImportingTsExtensions: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }))
})
afterAll(remove)

test.each(COMPILERS.map((version, index) => ({ version, skipLibCheck: index < CHECKED })))(
  'everything compiles with TypeScript $version, skipLibCheck $skipLibCheck',
  async ({ version, skipLibCheck }) => {
    const compiler = join(folder, `typescript-${version}`)
    await installed(compiler, [`typescript@${version}`])
    const tsc = join(compiler, 'node_modules/typescript/bin/tsc')
    const args = [tsc, '-p', project, '--skipLibCheck', String(skipLibCheck)]
    expect(await output(process.execPath, args, { cwd: project })).toBe('')
  },
)
