import { variables } from './variables.ts'

/** The documentation of one variable. */
export interface Variable {
  readonly name: string
  /** The default as it would be written in `.env`; empty if the variable is unset by default. */
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

/** The output of `npm start -- --help`. */
export function helpText(): string {
  const lines = documentedVariables().map(({ name, fallback, meaning }) => {
    const text = fallback === '' ? meaning : `${meaning} (default: ${fallback})`
    return `  ${name.padEnd(24)} ${text}`
  })
  return `Taskwire: a task backend behind REST, tRPC, MCP and chat.

  npm start             starts the server, by default on http://127.0.0.1:8000
  npm start -- --help   shows this text

Configuration is read from environment variables, and from .env in the root for those that are not set:

${lines.join('\n')}
`
}

/** The committed `.env.example`. */
export function envExample(): string {
  const blocks = documentedVariables().map(({ name, fallback, meaning }) => `# ${meaning}\n#${name}=${fallback}\n`)
  return `# Copy to .env and uncomment what you need. Environment variables take precedence over this file.\n\n${blocks.join('\n')}`
}
