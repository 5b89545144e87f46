import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Application } from 'typedoc'
import { errorsPage } from './errors_page.ts'

// `pnpm docs:reference` writes the API reference of the packages that others import, from their docstrings. With
// `--check` it fails instead where a page is out of date. TypeDoc needs TypeScript 6, so this is a package of its own.

const root = join(import.meta.dirname, '..')
const MAX_TYPE = 600
const check = process.argv.includes('--check')

for (const name of ['client', 'react', 'offline', 'api', 'errors']) {
  const page = join(import.meta.dirname, 'reference', `${name}.md`)
  const text = name === 'errors' ? errorsPage() : await referenceOf(name)
  if (!check) writeFileSync(page, text)
  else if (readFileSync(page, 'utf8') !== text) {
    process.stderr.write(`docs/reference/${name}.md is out of date: run pnpm docs:reference\n`)
    process.exitCode = 1
  }
}

/** The reference of a package as one page. */
async function referenceOf(name: string): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'taskwire-reference-'))
  try {
    const directory = join(root, 'packages', name)
    const app = await Application.bootstrapWithPlugins({
      name: `@taskwire/${name}`,
      entryPoints: [join(directory, 'src/index.ts')],
      tsconfig: join(directory, 'tsconfig.json'),
      plugin: ['typedoc-plugin-markdown'],
      out,
      readme: 'none',
      disableSources: true,
      excludeInternal: true,
      excludePrivate: true,
      hidePageHeader: true,
      hideBreadcrumbs: true,
      skipErrorChecking: true,
      logLevel: 'Error',
      outputFileStrategy: 'modules',
    } as Parameters<typeof Application.bootstrapWithPlugins>[0])
    const project = await app.convert()
    if (project === undefined) throw new Error(`TypeDoc could not read @taskwire/${name}`)
    await app.generateOutputs(project)
    const written = readFileSync(join(out, 'README.md'), 'utf8')
    return `<!-- Written by pnpm docs:reference from the docstrings. -->\n\n${legible(written).trim()}\n`
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** A type of more than `MAX_TYPE` characters, such as the whole router written out, is shown by its name: its members have no docs there. */
function legible(page: string): string {
  return page
    .split('\n')
    .map((line) =>
      line.startsWith('> ') && line.length > MAX_TYPE ? line.replace(/(: `\w+`)\\<.*$/, '$1\\<…\\>') : line,
    )
    .join('\n')
}
