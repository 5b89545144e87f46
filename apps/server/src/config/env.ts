import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { misspeltNames } from './misspelt.ts'
import { isTracingWanted } from './tracing_wanted.ts'
import { SECRET_LENGTH, variables } from './variables.ts'

/** The configuration with all defaults applied. The names are those of the environment variables. */
export type Env = ReturnType<typeof withDefaults>

/** Thrown for a bad configuration. One line for each problem names the variable, and never repeats its value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Reads the environment, to which scripts/run.mjs has added the `.env` of the root. Throws `ConfigurationError`. */
export function readEnv(): Env {
  // The agents SDK reads this variable: it would otherwise send traces of conversations to its vendor.
  process.env['OPENAI_AGENTS_DISABLE_TRACING'] = '1'
  const env = envFrom(process.env)
  // Better Auth reads this variable too, in a format of its own.
  delete process.env['BETTER_AUTH_SECRETS']
  return env
}

/** The key of the user for whom an agent acts over stdio. It belongs to the agent's process, not to the server. */
export function agentKey(): string | undefined {
  return process.env['TASKWIRE_API_KEY']?.trim() || undefined
}

/** The environment of this process with other values for some variables, for a process that it starts. */
export function environmentWith(values: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...values }
}

/** A path as the caller of a command wrote it: npm changes the working directory to the root and keeps theirs. */
export function callersPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path)
}

/** The environment, if it asks for traces: OpenTelemetry's own variables are many, and its packages read them too. */
export function openTelemetryVariables(): NodeJS.ProcessEnv | undefined {
  return isTracingWanted(process.env) ? process.env : undefined
}

/** One line for each variable that looks like a misspelt one of ours. */
export function settingWarnings(): string[] {
  return misspeltNames(Object.keys(process.env), Object.keys(variables.shape)).map(
    ({ name, meant }) => `unknown setting ${name}: did you mean ${meant}?`,
  )
}

/** The configuration for these variables. An empty variable counts as unset. Throws `ConfigurationError`. */
export function envFrom(values: Readonly<Record<string, string | undefined>>): Env {
  const set = Object.fromEntries(
    Object.keys(variables.shape).flatMap((name) => {
      const value = values[name]?.trim()
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
  const result = variables.safeParse(set)
  const problems = new Map([...missingVariables(set), ...(result.error?.issues ?? []).map(problemOf)])
  if (!result.success || problems.size > 0) {
    throw new ConfigurationError([...problems].map(([name, problem]) => `${name} ${problem}`))
  }
  return withDefaults(result.data)
}

function problemOf({ path, message }: z.core.$ZodIssue): [string, string] {
  return [String(path[0]), message]
}

/** Variables that are required because of the value of another one. */
function missingVariables(set: Record<string, string>): [string, string][] {
  const problems: [string, string][] = []
  if (set['AUTH_JWKS_URL'] !== undefined && set['AUTH_ISSUER'] === undefined) {
    problems.push(['AUTH_ISSUER', 'must be set to the issuer of the tokens when AUTH_JWKS_URL is set'])
  }
  if (set['DATABASE_READ_URL'] !== undefined && set['DATABASE_URL'] === undefined) {
    problems.push(['DATABASE_READ_URL', 'must come with DATABASE_URL, whose standbys it names'])
  }
  if (set['AUTH_REQUIRE_EMAIL_VERIFICATION'] === 'true' && set['SMTP_URL'] === undefined) {
    problems.push(['SMTP_URL', 'must be set when AUTH_REQUIRE_EMAIL_VERIFICATION is true'])
  }
  if (set['HOST'] === undefined || isLoopback(set['HOST'])) return problems
  const why = 'when HOST is not a loopback address'
  if (set['BETTER_AUTH_SECRET'] === undefined && set['BETTER_AUTH_SECRETS'] === undefined) {
    const must = `must be set to a random secret of at least ${SECRET_LENGTH} characters`
    problems.push(['BETTER_AUTH_SECRET', `${must} ${why}`])
  }
  if (set['BETTER_AUTH_URL'] === undefined)
    problems.push(['BETTER_AUTH_URL', `must be set to the public base URL ${why}`])
  return problems
}

function withDefaults(env: z.infer<typeof variables>) {
  const [secret = env.BETTER_AUTH_SECRET, ...formerSecrets] = env.BETTER_AUTH_SECRETS ?? []
  const BETTER_AUTH_URL = env.BETTER_AUTH_URL ?? localUrl(env.HOST, env.PORT)
  return {
    ...env,
    BETTER_AUTH_SECRET: secret,
    /** Of BETTER_AUTH_SECRETS all but the first. */
    formerSecrets,
    TASKWIRE_DATA_DIR: resolve(ROOT, env.TASKWIRE_DATA_DIR),
    BETTER_AUTH_URL,
    MAIL_FROM: env.MAIL_FROM ?? `Taskwire <taskwire@${new URL(BETTER_AUTH_URL).hostname}>`,
    AUTH_AUDIENCE: env.AUTH_AUDIENCE ?? env.AUTH_ISSUER,
  }
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** The URL of a server that listens on this host and port. */
export function localUrl(host: string, port: number): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
