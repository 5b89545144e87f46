// Generates the Prisma client without network access. Prisma would first download its schema engine, which `generate`
// does not use, so any executable can stand in for it. Only `generate` may do this: `migrate deploy` would do nothing.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const directory = join(dirname(fileURLToPath(import.meta.url)), '..', 'prisma')
const prisma = createRequire(join(directory, 'package.json')).resolve('prisma/package.json')
const hooks = new URL('unused_parts_of_prisma.mjs', import.meta.url).href
const command = [join(dirname(prisma), 'build', 'index.js'), 'generate', '--no-hints']
const { status } = spawnSync(process.execPath, ['--import', hooks, ...command], {
  cwd: directory,
  stdio: ['ignore', 2, 2],
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
})
process.exit(status ?? 1)
