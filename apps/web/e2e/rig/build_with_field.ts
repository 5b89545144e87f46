import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Page } from 'playwright-core'
import { build, type Plugin } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface OtherBuild {
  readonly folder: string
  readonly remove: () => Promise<void>
}

/**
 * Builds the app as if the API published one more field of a task; `field` is its entry in the table. The page publishes
 * its workspace as a global variable, so that a test can do what an editor of the field would do.
 */
export async function buildWithField(field: string): Promise<OtherBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'taskwire-web-build-'))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    plugins: [addField(field), publishWorkspace(), react()],
    build: {
      target: 'es2023',
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  })
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

function addField(field: string): Plugin {
  const anchor = 'export const taskFields = {'
  return replaceIn('/packages/client/src/contract_data.ts', anchor, `${anchor}\n  ${field},`)
}

function publishWorkspace(): Plugin {
  const anchor = 'const workspace = use(WorkspaceContext)'
  return replaceIn('/apps/web/src/workspace.ts', anchor, `${anchor}\n  globalThis.workspace = workspace`)
}

function replaceIn(file: string, anchor: string, replacement: string): Plugin {
  return {
    name: `taskwire:replace-in${file.replaceAll('/', ':')}`,
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(file)) return undefined
      if (!code.includes(anchor)) throw new Error(`${file} has no line "${anchor}"`)
      return code.replace(anchor, () => replacement)
    },
  }
}

const isOwnFile = ({ pathname }: URL) => pathname === '/' || pathname.startsWith('/assets/')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** Serves the page's own files from another build. Everything else still reaches the server. */
export async function serveBuild(page: Page, { folder }: OtherBuild): Promise<void> {
  await page.route(isOwnFile, async (route) => {
    const { pathname } = new URL(route.request().url())
    const file = pathname === '/' ? '/index.html' : pathname
    const body = await readFile(join(folder, file)).catch(() => undefined)
    // A page that is being closed may still load parts of a build that the test has removed.
    if (body === undefined) return route.abort()
    return route.fulfill({ body, contentType: types[extname(file)] ?? 'application/octet-stream' })
  })
}
