import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fail, root, log, elapsed } from './progress.mjs'

/**
 * Runs one task of the bootstrap with a Node. The output is shown only if the task fails; the process then exits with a
 * reason.
 */
export async function runTask(title, args, { node, env = {}, explain = () => undefined }) {
  const start = Date.now()
  log(`${title} ...`)
  const child = spawn(node, args, {
    cwd: root,
    env: { ...environment(node), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
  const stop = (signal) => {
    child.kill(signal)
    fail('interrupted before it was ready; run this again to continue')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
  const code = await new Promise((resolve) => {
    child.on('error', (error) => resolve(chunks.push(error.message)))
    child.on('close', resolve)
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop)
  if (code === 0) return log(`done in ${elapsed(start)}`)
  const output = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))).toString()
  const logFile = join(root, '.tools/bootstrap.log')
  writeFileSync(logFile, output)
  const reason = explain(output) || knownReason(output)
  if (!reason) process.stderr.write(`${output.trimEnd().split('\n').slice(-20).join('\n')}\n`)
  fail(`${title} failed: ${reason || 'see the lines above'} (complete output: ${logFile})`)
}

function knownReason(output) {
  const known = [
    [/ENOSPC/, 'the disk is full; free some space and run this again'],
    [
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL/,
      'the package registry cannot be reached; only the first start needs the network',
    ],
    [/CERT_|SELF_SIGNED|UNABLE_TO_VERIFY/, "the registry's certificate is not trusted here; set NODE_EXTRA_CA_CERTS"],
    [/EACCES|EPERM|EROFS/, `a file cannot be written; ${root} must be writable for the user who runs this`],
    [/OUTDATED_LOCKFILE/, 'pnpm-lock.yaml does not match the package.json files; run pnpm install and commit it'],
  ]
  return known.find(([pattern]) => pattern.test(output))?.[1]
}

/** Our environment without npm's own variables and without NODE_ENV=production, which would omit the dev dependencies. */
function environment(node) {
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), npm_config_loglevel: 'error' }
  const removed = ['NODE_ENV', 'NODE_OPTIONS', 'npm_config_prefix', 'npm_config_local_prefix', 'npm_config_global']
  for (const name of [...removed, 'npm_config_omit', 'npm_config_workspace', 'npm_config_workspaces']) delete env[name]
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

/** A home directory for the caches and stores of npm and pnpm. */
function ownHome() {
  const home = join(root, '.tools/home')
  mkdirSync(home, { recursive: true })
  const settings = join(homedir(), '.npmrc')
  // npm passes its cache to its scripts, so that HOME alone would not move it.
  const cache = { npm_config_cache: join(home, '.npm') }
  return { HOME: home, ...cache, ...(existsSync(settings) && { npm_config_userconfig: settings }) }
}
