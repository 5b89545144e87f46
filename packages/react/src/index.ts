export { taskwireOptions, type TaskwireOptions } from './options.ts'
export { followIntoCache, useLiveTasks, type LiveOptions } from './live.ts'
export { taskWrites, type TaskWrites, type WrittenTask } from './writes.ts'
