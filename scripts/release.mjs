// `pnpm release --dry-run`: what a release would publish. `pnpm release --version X.Y.Z` prepares one: the version of every
// package, and the heading in the changelog. `--publish` is for .github/workflows/release.yml.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages } from './fingerprints.mjs'
import { packMcpb } from './package/mcpb.mjs'
import { packTaskwire } from './package/pack.mjs'
import { packPackage, publishedPackages } from './package/packages.mjs'
import { fail, root } from './progress.mjs'

const CHANGELOG = join(root, 'CHANGELOG.md')
const MANIFEST = join(root, 'package.json')
/** What names the version besides the manifests: the entry in the registry of MCP servers, its bundle, and the OpenAPI document. */
const PUBLISHED_VERSIONS = ['packages/mcp/server.json', 'packages/mcp/bundle/manifest.json', 'docs/openapi.json']

/** The version of everything: that of the root. A package with another one is a mistake. */
export function releasedVersion(manifests = [read(MANIFEST), ...packages().map(({ manifest }) => manifest)]) {
  const [{ version }, ...others] = manifests
  const wrong = others.filter((other) => other.version !== version).map((other) => `${other.name} ${other.version}`)
  if (wrong.length > 0) throw new Error(`the version is ${version}, but not of ${wrong.join(', ')}`)
  return version
}

/** The text of a version in the changelog; that of `Unreleased` until it is released. */
export function changesOf(version, text) {
  const sections = text.split(/^## /m).slice(1)
  const found = sections.find((section) => section.startsWith(`${version} `) || section.startsWith(`${version}\n`))
  return (found ?? sections.find((section) => section.startsWith('Unreleased')) ?? '').replace(/^.*\n/, '').trim()
}

/** The changelog with what is unreleased under the heading of a version. */
export function changelogWith(version, date, text) {
  return text.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`)
}

function setVersion(version) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) fail(`"${version}" is no version: write it as 1.2.3`)
  const before = releasedVersion()
  const manifests = [MANIFEST, ...packages().map(({ directory }) => join(root, directory, 'package.json'))]
  for (const file of [...manifests, ...PUBLISHED_VERSIONS.map((name) => join(root, name))]) {
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll(`"version": "${before}"`, `"version": "${version}"`))
  }
  const today = new Date().toISOString().slice(0, 10)
  writeFileSync(CHANGELOG, changelogWith(version, today, readFileSync(CHANGELOG, 'utf8')))
  say(`every package is ${version}: commit it, and tag the commit v${version}`)
}

/** Packs the packages that are not private, and `taskwire`, in the order in which they depend on each other. */
async function packAll(folder) {
  const tarballs = [...publishedPackages().values()].map((directory) => packPackage(directory, folder))
  return [...tarballs, await packTaskwire(folder)]
}

async function release({ publish }) {
  const version = releasedVersion()
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-release-'))
  try {
    const tarballs = await packAll(folder)
    say(`version ${version}, tag v${version}`)
    // Not for npm: the workflow attaches it to the release of the tag.
    const bundle = packMcpb(publish ? join(root, 'dist') : folder)
    for (const file of [...tarballs, bundle]) say(`${basename(file).padEnd(32)} ${kilobytes(file)} kB`)
    const changelog = readFileSync(CHANGELOG, 'utf8')
    say(`\n${changesOf(version, changelog)}\n`)
    const later = changesOf('Unreleased', changelog)
    const note = `the changelog has changes after ${version}: pnpm release --version X.Y.Z comes first`
    if (!publish) return say(later === '' ? 'nothing was published' : `nothing was published; ${note}`)
    if (later !== '') fail(note)
    const flags = ['publish', '--provenance', '--access', 'public']
    for (const tarball of tarballs) execFileSync('npm', [...flags, tarball], { stdio: 'inherit' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function kilobytes(file) {
  return String(Math.ceil(statSync(file).size / 1000)).padStart(6)
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function say(line) {
  process.stdout.write(`${line}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, value = ''] = process.argv.slice(2)
  if (command === '--version') setVersion(value)
  else if (command === '--dry-run') await release({ publish: false })
  // Provenance says which workflow of which commit built a package: no other machine can state that.
  else if (command === '--publish' && process.env.GITHUB_ACTIONS === 'true') await release({ publish: true })
  else fail('pnpm release --dry-run, or --version X.Y.Z; the workflow "Release" publishes what is tagged')
}
