// Node keeps the code that it has compiled. Our servers set a flag of V8, which compiles anew what was compiled with other
// flags: what a test starts has a folder of its own, so that neither replaces what the other has kept.
const suffix = '_of_servers'
const folder = process.env['NODE_COMPILE_CACHE']
// Test files that share a process come here one after the other.
if (folder !== undefined && !folder.endsWith(suffix)) process.env['NODE_COMPILE_CACHE'] = folder + suffix
