export { openDatabase, type Connections, type Database, type DatabaseOptions, type Db } from './pool/database.ts'
export {
  Prisma,
  type Change,
  type ChangeCounter,
  type Conversation,
  type Message,
  type Task,
  type Webhook,
  type WebhookDelivery,
} from '../generated/client.ts'
export { INT32_MAX, isUserId } from './limits.ts'
export { iterateForCaller, runForCaller, runForNoCaller, type DatabaseCaller } from './pool/caller.ts'
export type { Snapshot, Snapshots } from './pool/snapshot.ts'
export type { Sql, Statement } from './pool/sql.ts'
export type { Transact } from './pool/transaction.ts'
export { ConnectionError, databaseErrorCode } from './pool/error_code.ts'
