import type {
  Change,
  createTaskwireClient,
  ErrorShape,
  FieldError,
  ErrorCode,
  LoggedTask,
  RouterInputs,
  RouterOutputs,
  Task,
  TaskwireError,
  taskFields,
} from '@taskwire/client'

// What a caller of the published package sees. It is compiled outside the workspace, by `package.test.ts`.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<T> = 0 extends 1 & T ? true : false
/** `true` if any is in T, however deep. */
type HoldsAny<T> =
  IsAny<T> extends true
    ? true
    : T extends string | number | boolean | null | undefined
      ? never
      : T extends AsyncIterable<infer Item, infer Return>
        ? HoldsAny<Item> | HoldsAny<Return>
        : T extends readonly (infer Item)[]
          ? HoldsAny<Item>
          : { [Name in keyof T]-?: HoldsAny<T[Name]> }[keyof T]
type Expect<T extends true> = T
// The search itself works.
export type SearchFindsAny = Expect<HoldsAny<{ a: { b?: ReturnType<JSON['parse']>[] } }>>
type None<T> = [T] extends [never] ? true : false

type Client = ReturnType<typeof createTaskwireClient>
type Answered<Call extends (...args: never[]) => unknown> = Awaited<ReturnType<Call>>

type Fields = typeof taskFields
type Settable = { [Name in keyof Fields]: Fields[Name]['settable'] extends true ? Name : never }[keyof Fields]
type Created = RouterInputs['task']['create']

/** The types of fields of each kind. That no field is missing is checked below, by their names. */
interface TaskSample {
  id: number
  user_id: string
  title: string
  description: string | null
  completed: boolean
  created_at: string
  version: number
  priority: 'high' | 'medium' | 'low' | null
  tags: string[]
  due_date: string | null
  checklist: { id: string; text: string; done: boolean }[]
  completed_at: string | null
}

interface CreatedSample {
  title: string
  description?: string | null
  completed?: boolean
  priority?: 'high' | 'medium' | 'low' | null
  tags?: string[]
  due_date?: string | null
  checklist?: { id?: string; text: string; done?: boolean }[]
  idempotency_key?: string
}

export type Checks = [
  Expect<None<HoldsAny<RouterInputs>>>,
  Expect<None<HoldsAny<RouterOutputs>>>,
  Expect<None<HoldsAny<ErrorShape['data']>>>,
  Expect<None<HoldsAny<FieldError>>>,
  Expect<Equal<keyof Task, keyof Fields>>,
  Expect<Equal<Pick<Task, keyof TaskSample>, TaskSample>>,
  Expect<Equal<keyof Created, Settable | 'idempotency_key'>>,
  Expect<Equal<Pick<Created, keyof CreatedSample>, CreatedSample>>,
  Expect<Equal<Answered<Client['task']['create']['mutate']>, Task>>,
  Expect<Equal<Answered<Client['task']['delete']['mutate']>, Task>>,
  Expect<Equal<Extract<Answered<Client['change']['undo']['mutate']>, { seq: number }>, Change>>,
  Expect<Equal<Change['before'], LoggedTask | null>>,
  Expect<Equal<Change['via'], 'rest' | 'trpc' | 'mcp' | 'chat' | 'sql'>>,
  Expect<Equal<ReturnType<Client['changes']>, AsyncGenerator<Change, void, undefined>>>,
  Expect<Equal<TaskwireError['current'], Task | undefined>>,
  Expect<'task_not_found' | 'changes_expired' extends ErrorCode ? true : false>,
  Expect<'unreachable' extends ErrorCode ? false : true>,
  Expect<string extends ErrorCode ? false : true>,
]

export async function refusedByTheCompiler(client: Client): Promise<void> {
  // @ts-expect-error a title is text
  await client.task.create.mutate({ title: 1 })
  // @ts-expect-error there is no such priority
  await client.task.create.mutate({ title: 'a', priority: 1 })
  // @ts-expect-error there is no such field
  await client.task.create.mutate({ title: 'a', colour: 'red' })
  // @ts-expect-error a task is named by its task_id
  await client.task.get.query({ id: 1 })
  // @ts-expect-error a task has no such field
  await client.task.get.query({ task_id: 1 }).then((task) => task.colour)
  // @ts-expect-error a query is no mutation
  await client.task.list.mutate({})
}
