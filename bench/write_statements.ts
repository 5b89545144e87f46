import { createCaller } from '@taskwire/api'
import { openServices } from '@taskwire/api/embed'
import type { Sql, Statement } from '@taskwire/db'
import { tokenOf } from './fill.ts'
import { SECRET } from './servers.ts'

/** The statements with which the server creates a task of a user and toggles it. */
export interface WriteStatements {
  readonly create: Statement
  readonly toggle: Statement
}

/** Records what the procedures send to the database, for one task of each user. The tasks are there afterwards. */
export async function writeStatements(url: string, users: readonly string[]): Promise<WriteStatements[]> {
  const { services, close } = await openServices({ databaseUrl: url, secret: SECRET })
  try {
    const recorded: WriteStatements[] = []
    for (const user of users) {
      const sent: Statement[] = []
      const sql: Sql = (statement) => {
        sent.push(statement)
        return services.sql(statement)
      }
      const token = await tokenOf(user)
      const { task } = createCaller({ services: { ...services, sql }, via: 'rest', request_id: 'bench', token })
      const { id } = await task.create({ title: 'Buy groceries', description: 'Milk, bread and something green' })
      await task.toggle({ task_id: id })
      recorded.push({ create: theOne(sent, 'INSERT INTO'), toggle: theOne(sent, 'UPDATE') })
    }
    return recorded
  } finally {
    await close()
  }
}

function theOne(sent: readonly Statement[], verb: string): Statement {
  const [statement, ...others] = sent.filter(({ text }) => text.startsWith(`${verb} taskwire.task `))
  if (statement === undefined || others.length > 0) throw new Error(`the server does not send one ${verb} statement`)
  return statement
}

/** The same statement on another table. */
export function onTable({ text, values }: Statement, table: string): { name: string; text: string; values: unknown[] } {
  const own = text.replaceAll('taskwire.task', table)
  return { name: `${text.slice(0, 6)} ${table}`, text: own, values: [...values] }
}
