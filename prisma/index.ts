export { openDatabase, type Database, type DatabaseOptions, type Db } from './client.ts'
export {
  Prisma,
  type Change,
  type ChangeCounter,
  type Conversation,
  type Message,
  type Task,
} from './generated/client.ts'
export type { Sql, Statement } from './sql.ts'
