// Other packages compile this file too. The types of a module that has none cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./pg_internals.d.ts" />
import { DatabaseError, Query, type Client, type QueryConfig } from 'pg'
import { prepareValue } from 'pg/lib/utils.js'

/** The number of a type of PostgreSQL. */
export type TypeId = Parameters<Client['getTypeParser']>[0]

/** The rows of each statement, in the order of the statements; an error if the rows of one cannot be read. */
export type Answers = (unknown[] | Error)[]

/** The columns of a result: how each is called, and how its text is read. */
export interface Columns {
  readonly names: readonly string[]
  readonly read: readonly ((text: string) => unknown)[]
}

export interface PipelinedQueryOptions {
  /** They are one transaction: either all of them take place, or the first error undoes what was done before. */
  readonly statements: readonly QueryConfig[]
  /** The columns of the connection's named statements, as far as they are known: of those PostgreSQL is not asked again. */
  readonly known: Map<string, Columns>
  readonly typeParser: (type: TypeId) => (text: string) => unknown
  /** Called once: with an error and the answers before it, or with all answers when they are committed. */
  readonly onAnswer: (error: Error | undefined, answers: Answers) => void
}

declare module 'pg' {
  interface Connection {
    /** The texts of the named statements that PostgreSQL has prepared. */
    readonly parsedStatements: Readonly<Record<string, string>>
  }
}

/** One of several statements failed, so that none of them took place. */
export class StatementsError extends Error {
  /** PostgreSQL's code of the error. */
  readonly code: string | undefined
  /** Which of them it was; their number if all succeeded and the commit failed. */
  readonly index: number

  constructor(cause: Error, index: number) {
    super(cause.message, { cause })
    this.code = cause instanceof DatabaseError ? cause.code : undefined
    this.index = index
  }
}

/** What is sent to PostgreSQL, as pg has it on a connection. */
interface Wire {
  readonly parsedStatements: Readonly<Record<string, string>>
  readonly submittedNamedStatements: Record<string, string>
  parse(statement: { name: string | undefined; text: string }): void
  bind(values: { statement: string | undefined; values: readonly unknown[] }): void
  describe(portal: { type: 'P' }): void
  execute(portal: object): void
  sync(): void
}

interface Field {
  readonly name: string
  readonly dataTypeID: TypeId
}

// pg allows no other class on a pipelined connection, and its types have neither what a query is asked nor what it is told.
const BaseQuery = Query as unknown as new (text: string) => object

/**
 * Statements that are sent together and end with one `Sync`. Other than pg's own query it describes the result of a named
 * statement once for each connection, not each time, and makes no object but the rows.
 */
export class PipelinedQuery extends BaseQuery {
  /** Of the statement that is answered next: pg remembers by them what is prepared. */
  declare name: string | undefined
  declare text: string
  readonly #options: PipelinedQueryOptions
  readonly #answers: Answers = []
  #rows: unknown[] = []
  #columns: Columns | undefined
  #unreadable: Error | undefined

  constructor(options: PipelinedQueryOptions) {
    super('')
    this.#options = options
    this.#expect(0)
  }

  #expect(index: number): void {
    const { name, text = '' } = this.#options.statements[index] ?? {}
    this.name = name
    this.text = text
    this.#columns = name === undefined ? undefined : this.#options.known.get(name)
    this.#rows = []
    this.#unreadable = undefined
  }

  /** Called by pg when it is this query's turn to be sent. What it returns was the reason not to. */
  submit(wire: Wire): Error | null {
    const { statements, known } = this.#options
    try {
      const values = statements.map(writtenValues)
      for (const [index, { name, text }] of statements.entries()) {
        if (!isSent(wire, name)) {
          wire.parse({ name, text })
          if (name !== undefined) wire.submittedNamedStatements[name] = text
        }
        wire.bind({ statement: name, values: values[index] ?? [] })
        if (name === undefined || !known.has(name)) wire.describe({ type: 'P' })
        wire.execute({})
      }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    wire.sync()
    return null
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    this.#columns = {
      names: fields.map(({ name }) => name),
      read: fields.map(({ dataTypeID }) => this.#options.typeParser(dataTypeID)),
    }
    if (this.name !== undefined) this.#options.known.set(this.name, this.#columns)
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(rowOf(fields, this.#columns))
    } catch (error) {
      this.#unreadable ??= error instanceof Error ? error : new Error(String(error))
    }
  }

  handleCommandComplete(): void {
    this.#answers.push(this.#unreadable ?? this.#rows)
    this.#expect(this.#answers.length)
  }

  handleError(error: Error): void {
    this.#options.onAnswer(error, this.#answers)
  }

  handleReadyForQuery(): void {
    this.#options.onAnswer(undefined, this.#answers)
  }
}

/** Nothing has been sent when a value cannot be written. */
function writtenValues({ values = [] }: QueryConfig, index: number): (string | Buffer | null)[] {
  try {
    return values.map((value) => prepareValue(value))
  } catch (error) {
    throw new StatementsError(error instanceof Error ? error : new Error(String(error)), index)
  }
}

function isSent({ parsedStatements, submittedNamedStatements }: Wire, name: string | undefined): boolean {
  return name !== undefined && (name in parsedStatements || name in submittedNamedStatements)
}

function rowOf(fields: readonly (string | null)[], columns: Columns | undefined): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let index = 0; index < fields.length; index++) {
    const [name, read, text] = [columns?.names[index], columns?.read[index], fields[index]]
    if (name === undefined || read === undefined) throw new Error('a row came without the description of its columns')
    row[name] = text === null || text === undefined ? null : read(text)
  }
  return row
}
