// For `node --import`: the prisma command loads at its start what only `prisma studio` and `prisma dev` need, 150 MB that
// pnpm-workspace.yaml therefore leaves out. An empty module stands in for each.
import { registerHooks } from 'node:module'

const UNUSED = /^(@prisma\/(dev|studio-core)|mysql2|postgres)(\/|$)/

registerHooks({
  resolve: (specifier, context, next) => next(UNUSED.test(specifier) ? 'node:process' : specifier, context),
})
