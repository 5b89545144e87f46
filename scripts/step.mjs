import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fail, root, say, since } from './progress.mjs'

/** Runs one step of the set-up with the Node `by`. Its output is shown only if it fails; then it ends us, with a reason. */
export async function runStep(what, args, { by, env = {}, explain = () => undefined }) {
  const start = Date.now()
  say(`${what} ...`)
  const child = spawn(by, args, { cwd: root, env: { ...environment(by), ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(part))
  const stop = (signal) => {
    child.kill(signal)
    fail('stopped before it was ready; run it again to go on')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(parts.push(error.message)))
    child.on('close', resolve)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop)
  if (code === 0) return say(`done in ${since(start)}`)
  const output = Buffer.concat(parts.map((part) => Buffer.from(part))).toString()
  const log = join(root, '.tools/setup.log')
  writeFileSync(log, output)
  const reason = explain(output) || knownReason(output)
  if (!reason) process.stderr.write(`${output.trimEnd().split('\n').slice(-20).join('\n')}\n`)
  fail(`${what} failed: ${reason || 'see the lines above'} (all of it: ${log})`)
}

function knownReason(output) {
  const known = [
    [/ENOSPC/, 'the disk is full; make room and run this again'],
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL/,
      'the package registry cannot be reached; the first start needs the network, later ones do not',
    ],
    [/CERT_|SELF_SIGNED|UNABLE_TO_VERIFY/, "the registry's certificate is not trusted here; set NODE_EXTRA_CA_CERTS"],
    [/EACCES|EPERM|EROFS/, `a file cannot be written; ${root} must belong to whoever runs this`],
    [/OUTDATED_LOCKFILE/, 'pnpm-lock.yaml does not fit the package.json files; run pnpm install and commit it'],
  ]
  return known.find(([pattern]) => pattern.test(output))?.[1]
}

/** Ours without what npm put there for itself, and without a production mode that would leave out half of the tools. */
function environment(by) {
  const env = { ...process.env, PATH: [dirname(by), process.env.PATH].join(delimiter), npm_config_loglevel: 'error' }
  const foreign = ['NODE_ENV', 'NODE_OPTIONS', 'npm_config_prefix', 'npm_config_local_prefix', 'npm_config_global']
  for (const name of [...foreign, 'npm_config_omit', 'npm_config_workspace', 'npm_config_workspaces']) delete env[name]
  return homeIsWritable() ? env : { ...env, ...ownHome() }
}

function homeIsWritable() {
  try {
    accessSync(homedir(), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Caches and stores need some home. */
function ownHome() {
  const home = join(root, '.tools/home')
  mkdirSync(home, { recursive: true })
  const settings = join(homedir(), '.npmrc')
  return { HOME: home, ...(existsSync(settings) && { npm_config_userconfig: settings }) }
}
