import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from './progress.mjs'

/**
 * Runs `work` while no other process of this clone does. The lock is a directory, whose modification time shows that the
 * holder is alive.
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true })
  let announced = false
  while (!tryAcquire(path)) {
    if (isStale(path)) remove(path)
    else if (!announced) {
      announced = true
      log('another process is preparing this clone; waiting for it')
    }
    await sleep(100)
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), 1000)
  const release = () => remove(path)
  process.on('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

function tryAcquire(path) {
  try {
    mkdirSync(path)
    writeFileSync(join(path, 'pid'), String(process.pid))
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isStale(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs
    // The holder may run in another container that shares the folder, so only a long silence proves that it is gone.
    return age > 60_000 || (age > 5000 && !isRunning(Number(readFileSync(join(path, 'pid'), 'utf8'))))
  } catch {
    return false
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Renames the lock before deleting it, so that two processes that find it stale do not delete each other's new lock. */
function remove(path) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // Another process removed it first.
  }
}
