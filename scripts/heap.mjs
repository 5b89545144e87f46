// Node lets a heap grow with the machine's memory before it collects: a server that needs 100 MB then stands at 370.
// Limits make it collect in time; what is live stays far below them. (With a young generation of 32 MB it stands at 230
// instead of 200 MB and is no faster; with 4 MB it needs more CPU.)
const limits = ['--max-semi-space-size=16', '--max-old-space-size=512']

/** Node's flags for the server; who sets limits by NODE_OPTIONS gets those. */
export function heapFlags({ NODE_OPTIONS = '' } = process.env) {
  return limits.filter((flag) => !NODE_OPTIONS.includes(flag.split('=', 1)[0]))
}
