import { parseArgs } from 'node:util'
import { ConfigurationError, type Env, readEnv, settingWarnings } from '../config/env.ts'
import { databaseFindings } from './doctor/database.ts'
import { type Finding, note, ok, problem } from './doctor/finding.ts'
import { diskFindings, portFindings, secretFindings, versionFindings } from './doctor/machine.ts'
import { mailFindings } from './doctor/mail.ts'
import { standbyFindings } from './doctor/standbys.ts'
import { errorLines, runCommand } from './run_command.ts'

const USAGE = `npm run doctor   checks settings, database, versions, disk and clock; exit code 1 if something is wrong
`

const LABEL = { ok: 'ok  ', note: 'note', problem: 'FIX ' }

await runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const findings = await allFindings()
  for (const { topic, level, text } of findings) process.stdout.write(`${LABEL[level]} ${topic.padEnd(15)} ${text}\n`)
  const problems = findings.filter(({ level }) => level === 'problem').length
  process.stdout.write(problems === 0 ? 'nothing is wrong\n' : `${problems} to fix\n`)
  return problems === 0 ? 0 : 1
})

async function allFindings(): Promise<Finding[]> {
  const env = settings()
  if (Array.isArray(env)) return [...env, ...versionFindings()]
  const checks = [
    ['port', portFindings],
    ['data directory', diskFindings],
    ['secret', secretFindings],
    ['database', databaseFindings],
    ['standby', standbyFindings],
    ['mail', mailFindings],
  ] as const
  const findings = [...settingFindings(), ...versionFindings()]
  for (const [topic, check] of checks) {
    // A check that fails is a finding: the others are still worth reading.
    findings.push(
      ...(await check(env).catch((error: unknown) => errorLines(error).map((line) => problem(topic, line)))),
    )
  }
  return findings
}

function settings(): Env | Finding[] {
  try {
    return readEnv()
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map((line) => problem('settings', line))
    throw error
  }
}

function settingFindings(): Finding[] {
  const warnings = settingWarnings()
  return warnings.length === 0 ? [ok('settings', 'valid')] : warnings.map((line) => note('settings', line))
}
