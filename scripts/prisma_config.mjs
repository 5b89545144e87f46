// What `prisma generate` needs of `@prisma/config`, which comes with 40 MB of packages: our configuration, without a search.
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../prisma/prisma.config.ts', import.meta.url))

export async function loadConfigFromFile() {
  const { default: config } = await import(file)
  const schema = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url))
  return { config: { ...config, schema, loadedFromFile: file }, resolvedPath: file, diagnostics: [] }
}

export class PrismaConfigEnvError extends Error {}
