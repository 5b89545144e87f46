// For `node --import`: the prisma command loads at its start what only `prisma studio` and `prisma dev` need, and what finds
// and reads a configuration file: 190 MB that pnpm-workspace.yaml therefore leaves out. An empty module stands in for
// each of the former, prisma_config.mjs for the latter.
import { registerHooks } from 'node:module'

const UNUSED = /^(@prisma\/(dev|studio-core)|mysql2|postgres)(\/|$)/
const CONFIG = new URL('prisma_config.mjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === '@prisma/config') return { url: CONFIG, shortCircuit: true }
    return next(UNUSED.test(specifier) ? 'node:process' : specifier, context)
  },
})
