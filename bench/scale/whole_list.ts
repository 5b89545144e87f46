import { setTimeout as pause } from 'node:timers/promises'
import { writeFileSync } from 'node:fs'
import { tokenOf } from '../fill.ts'
import { memory, type Server } from '../servers.ts'

export interface WholeList {
  /** Milliseconds to the first byte, and seconds to the last. */
  readonly firstByte: number
  readonly seconds: number
  readonly megabytes: number
  /** The server's resident memory before the read, and its maximum during it. */
  readonly before: number
  readonly peak: number
}

/** Reads a whole list as fast as it arrives. */
export async function wholeList(server: Server, user: string): Promise<WholeList> {
  const before = resetPeak(server.pid)
  const begun = performance.now()
  const body = await opened(server, user)
  let [firstByte, bytes, last] = [0, 0, 0]
  for await (const chunk of body) {
    if (bytes === 0) firstByte = performance.now() - begun
    bytes += chunk.length
    last = chunk.at(-1) ?? 0
  }
  if (last !== ']'.charCodeAt(0)) throw new Error('the list ended before its end')
  const seconds = (performance.now() - begun) / 1000
  return { firstByte, seconds, megabytes: bytes / 1_000_000, before, peak: memory(server.pid).peak }
}

/** The maximum of the server's memory, in megabytes, that readers add which read nothing for some seconds. */
export async function stalledReaders(server: Server, user: string, readers: number): Promise<number> {
  const before = resetPeak(server.pid)
  const bodies = await Promise.all(Array.from({ length: readers }, () => opened(server, user)))
  await pause(3000)
  const { peak } = memory(server.pid)
  await Promise.all(bodies.map((body) => body.cancel()))
  return peak - before
}

async function opened({ url }: Server, user: string) {
  const { body } = await fetch(`${url}/api/${user}/tasks`, {
    headers: { authorization: `Bearer ${await tokenOf(user)}` },
  })
  if (body === null) throw new Error('a list had no body')
  return body
}

/** Resets the kernel's record of the highest resident memory. */
function resetPeak(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return memory(pid).now
}
