import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openSite } from './src/index.ts'

// `pnpm docs:site FOLDER [--base /guide]` writes the site as files, for any web server. Without a base it is at the root.

const [folder, flag, base = ''] = process.argv.slice(2)
if (folder === undefined || (flag !== undefined && flag !== '--base')) {
  process.stderr.write('usage: pnpm docs:site FOLDER [--base /path]\n')
  process.exit(2)
}
const site = openSite({ root: join(import.meta.dirname, '../..'), base: base.replace(/\/$/, '') })
for (const path of await site.paths()) {
  const file = await site.file(path)
  if (file === undefined) throw new Error(`the site has no ${path}`)
  const isPage = file.type.startsWith('text/html')
  const target = resolve(folder, isPage ? join(path, 'index.html') : path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, file.content)
}
