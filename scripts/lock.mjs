import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './progress.mjs'

/** Runs `work` while no other process of this clone does. A directory is the lock; its time stamp says it is alive. */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!taken(path)) {
    if (isStale(path)) remove(path)
    else if (!told) {
      told = true
      say('another start is setting up this clone; waiting for it')
    }
    await sleep(100)
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 1000)
  const release = () => remove(path)
  process.on('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    process.off('exit', release)
    release()
  }
}

function taken(path) {
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
    // The process may be one of another container that shares the folder: only silence tells that it is gone.
    return age > 60_000 || (age > 5000 && !lives(Number(readFileSync(join(path, 'pid'), 'utf8'))))
  } catch {
    return false
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** First out of the way in one move, so that two who find it stale do not remove each other's new one. */
function remove(path) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    rmSync(aside, { recursive: true, force: true })
  } catch {
    // Somebody else was first.
  }
}
