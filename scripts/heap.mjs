// Node lets a heap grow with the machine's memory before it collects: a server that needs 100 MB then stands at 370.
// A limit makes it collect in time; what is live stays far below it. (A young generation of 4 MB would save some more
// memory, and costs half as much CPU again for each request.)
const limits = ['--max-semi-space-size=32', '--max-old-space-size=512']

/** Node's flags for the server; who sets limits by NODE_OPTIONS gets those. */
export function heapFlags({ NODE_OPTIONS = '' } = process.env) {
  return limits.filter((flag) => !NODE_OPTIONS.includes(flag.split('=', 1)[0]))
}
