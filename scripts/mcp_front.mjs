import { readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from './progress.mjs'

/**
 * Speaks MCP on standard input and output while the server behind it is prepared and started, which takes a minute in a
 * fresh clone: clients give up sooner. It answers `initialize`, and until then `ping`, itself, keeps everything else for the
 * server, and then passes on what both sides send. A request that no server can answer any more gets an error.
 */
export function mcpFront({ input = process.stdin, write = writeLine } = {}) {
  const held = []
  /** The ids of requests without an answer yet. */
  const open = new Map()
  /** The ids that we have answered, whose answers by the server are dropped. */
  const answered = new Set()
  let server
  let hasEnded = false

  function receive(line) {
    const message = parsed(line)
    if (message?.method !== undefined && message.id !== undefined) open.set(key(message.id), message.id)
    if (message?.method === 'ping' && server === undefined) return answer(message.id, {})
    if (message?.method === 'initialize') {
      answer(message.id, introduce(message))
      // The server has to know of it as well.
      answered.add(key(message.id))
    }
    if (server === undefined) held.push(line)
    else server.stdin.write(`${line}\n`)
  }

  function answer(id, result) {
    open.delete(key(id))
    write(JSON.stringify({ jsonrpc: '2.0', id, result }))
  }

  function passOn(line) {
    const message = parsed(line)
    if (message !== undefined && message.method === undefined && message.id !== undefined) {
      open.delete(key(message.id))
      if (answered.delete(key(message.id))) return
    }
    write(line)
  }

  const lines = createInterface({ input, crlfDelay: Infinity })
  lines.on('line', receive)
  lines.on('close', () => {
    hasEnded = true
    server?.stdin.end()
  })

  return {
    /** Connects the server, a child process. */
    connect(child) {
      server = child
      child.stdin.on('error', () => {})
      for (const line of held.splice(0)) child.stdin.write(`${line}\n`)
      // A client that gave up early has left a prepared clone for its next attempt.
      if (hasEnded) child.stdin.end()
      createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', passOn)
    },
    /** Ends every open request with an error: no server will answer. */
    abandon() {
      for (const id of open.values()) {
        const message = 'Taskwire could not be started: its error output says why'
        write(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_603, message } }))
      }
      open.clear()
    },
  }
}

const introduction = () =>
  JSON.parse(readFileSync(join(root, 'apps/server/src/transports/mcp/introduction.json'), 'utf8'))

function introduce({ params }) {
  const { capabilities, instructions, protocolVersions } = introduction()
  const { version } = JSON.parse(readFileSync(join(root, 'apps/server/package.json'), 'utf8'))
  const asked = params?.protocolVersion
  return {
    protocolVersion: protocolVersions.includes(asked) ? asked : protocolVersions[0],
    capabilities,
    serverInfo: { name: 'taskwire', title: 'Taskwire', version },
    instructions,
  }
}

function parsed(line) {
  try {
    const message = JSON.parse(line)
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? message : undefined
  } catch {
    return undefined
  }
}

/** 1 and "1" are different ids. */
function key(id) {
  return JSON.stringify(id)
}

/** At once, because this process may be about to exit. */
function writeLine(line) {
  let rest = Buffer.from(`${line}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      // A pipe that is full for the moment.
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
