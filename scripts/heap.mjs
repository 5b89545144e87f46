// By default Node lets a heap grow with the machine's memory before it collects: a server that needs 100 MB then uses 370.
// These limits make it collect in time; live data stays far below them. (With a young generation of 32 MB the server uses
// 230 instead of 200 MB and is no faster; with 4 MB it needs more CPU time. `node bench/heap_flags.ts` measures it.)
const limits = ['--max-semi-space-size=16', '--max-old-space-size=512']

/** Node's flags for the server. Limits that the user sets in NODE_OPTIONS take precedence. */
export function heapFlags({ NODE_OPTIONS = '' } = process.env) {
  return limits.filter((flag) => {
    const [name] = flag.split('=', 1)
    return !NODE_OPTIONS.includes(name) && isKnown(name)
  })
}

/** Node exits when it is started with a flag that its V8 does not know. */
function isKnown(name) {
  // An older Node than 24 does not run the server: the pinned one of .tools does, which knows these flags.
  const major = Number(process.versions.node.split('.')[0])
  if (major < 24 || process.allowedNodeEnvironmentFlags.has(name)) return true
  process.stderr.write(`taskwire: Node ${process.version} does not know ${name}: the server will use more memory\n`)
  return false
}
