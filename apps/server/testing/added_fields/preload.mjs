// Preloaded into a server (`node --import`): adds the lines of the variable ADDED_FIELDS to the table of a task's fields
// while `task/fields.ts` is loaded, and changes nothing else. See `environment.ts`.
import { registerHooks } from 'node:module'

const TABLE = '/packages/api/src/task/fields.ts'
const BEGIN = 'export const addedFields = {'

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(TABLE)) return loaded
    const source = Buffer.from(loaded.source ?? '').toString()
    if (!source.includes(BEGIN)) throw new Error(`${TABLE} has no line "${BEGIN}"`)
    return { ...loaded, source: source.replace(BEGIN, `${BEGIN}\n${process.env.ADDED_FIELDS}\n`) }
  },
})
