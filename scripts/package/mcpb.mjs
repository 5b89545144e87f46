// `pnpm pack:mcpb [FOLDER]`: the bundle of @taskwire/mcp for Claude Desktop and other apps that install one by a double
// click, into FOLDER (dist).
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../progress.mjs'

/** Their own tool writes the archive, and refuses a manifest that is not valid. */
const MCPB = '@anthropic-ai/mcpb@2.1.2'
const MCP = join(root, 'packages/mcp')

/** Packs the bundle into `folder`, and returns its path. */
export function packMcpb(folder) {
  const directory = mkdtempSync(join(tmpdir(), 'taskwire-mcpb-'))
  try {
    writeBundle(directory)
    mkdirSync(folder, { recursive: true })
    const { version } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
    const bundle = join(resolve(folder), `taskwire-${version}.mcpb`)
    execFileSync('npm', ['exec', '--yes', '--package', MCPB, '--', 'mcpb', 'pack', directory, bundle], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return bundle
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function writeBundle(directory) {
  execFileSync('tsc', ['-p', join(MCP, 'tsconfig.build.json'), '--outDir', join(directory, 'dist')])
  for (const file of ['package.json', 'README.md', 'LICENSE']) cpSync(join(MCP, file), join(directory, file))
  cpSync(join(MCP, 'bundle/manifest.json'), join(directory, 'manifest.json'))
  cpSync(join(root, 'apps/web/public/icons/icon-512.png'), join(directory, 'icon.png'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${packMcpb(process.argv[2] ?? join(root, 'dist'))}\n`)
}
