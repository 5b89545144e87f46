import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { isUserId } from '@taskwire/api'
import { SignJWT } from 'jose'
import { ConfigurationError, readEnv } from '../config/env.ts'
import { sharedSecret } from '../config/secret.ts'
import { secondsOf } from './token_duration.ts'
import { tokenExplanations } from './token_explanations.ts'

const USAGE = `npm run token -- --user ID [--expires 1h]   prints a token for this installation (30s, 15m, 1h, 7d)
npm run token -- --explain                  explains whether the token on standard input is valid
`

/** Prints the result to standard output. Errors go to standard error, with exit code 1. */
async function run(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        user: { type: 'string' },
        expires: { type: 'string', default: '1h' },
        explain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.explain) return await explain(await text(process.stdin))
    if (values.user === undefined || values.help) {
      process.stderr.write(USAGE)
      return values.help ? 0 : 1
    }
    process.stdout.write(`${await tokenFor(values.user, secondsOf(values.expires))}\n`)
    return 0
  } catch (error) {
    const lines =
      error instanceof ConfigurationError ? error.problems : [error instanceof Error ? error.message : String(error)]
    process.stderr.write(`${lines.join('\n')}\n`)
    return 1
  }
}

async function explain(given: string): Promise<number> {
  // Loaded only here: printing a token needs neither the database nor Better Auth.
  const { explainToken } = await import('./explain_token.ts')
  const explanation = await explainToken(given, readEnv())
  process.stdout.write(explanation.text)
  return explanation.valid ? 0 : 1
}

async function tokenFor(user: string, seconds: number): Promise<string> {
  if (!isUserId(user)) throw new Error(`--user: ${tokenExplanations.token_subject_invalid}`)
  const secret = await sharedSecret(readEnv())
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: user, iat: now, exp: now + seconds }
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret)
}

process.exitCode = await run()
