import { variables } from './env.ts'

/** One variable as people read about it. */
export interface Variable {
  readonly name: string
  /** As it would be written; empty where the variable is unset by default. */
  readonly fallback: string
  readonly meaning: string
}

/** All variables, in the order of the schema. */
export function documentedVariables(): Variable[] {
  return Object.entries(variables.shape).map(([name, schema]) => {
    const { data } = schema.safeParse(undefined)
    return { name, fallback: data === undefined ? '' : [data].flat().join(','), meaning: schema.description ?? '' }
  })
}

/** `npm start -- --help`. */
export function helpText(): string {
  const lines = documentedVariables().map(({ name, fallback, meaning }) => {
    const text = fallback === '' ? meaning : `${meaning} (default: ${fallback})`
    return `  ${name.padEnd(24)} ${text}`
  })
  return `Taskwire: a task backend behind REST, tRPC, MCP and chat.

  npm start             serves, on http://127.0.0.1:8000 unless told otherwise
  npm start -- --help   this text

Configuration comes from the environment, and for what it does not set from .env in the root:

${lines.join('\n')}
`
}

/** The committed `.env.example`. */
export function envExample(): string {
  const blocks = documentedVariables().map(({ name, fallback, meaning }) => `# ${meaning}\n#${name}=${fallback}\n`)
  return `# Copy to .env and uncomment what you need. The environment wins over this file.\n\n${blocks.join('\n')}`
}
