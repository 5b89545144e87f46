import type { AppRouter, RouterInputs, RouterOutputs, TaskwireClient, TaskwireError } from '@taskwire/client'
import type { DataTag, QueryFunctionContext } from '@tanstack/react-query'

type Procedures = AppRouter['_def']['record']
type TypeOf<Router extends keyof Procedures, Name extends keyof Procedures[Router]> = Procedures[Router][Name] extends {
  _def: { type: infer Type }
}
  ? Type
  : Procedures[Router][Name] extends { type: infer Type }
    ? Type
    : never

/** Of each router: its queries and mutations, as functions that make options for TanStack Query. */
export type TaskwireOptions = {
  readonly [Router in keyof Procedures]: {
    readonly [Name in keyof Procedures[Router] & keyof RouterInputs[Router] & keyof RouterOutputs[Router]]: OptionsOf<
      TypeOf<Router, Name>,
      RouterInputs[Router][Name],
      RouterOutputs[Router][Name]
    >
  }
}

type OptionsOf<Type, Input, Output> = Type extends 'query'
  ? {
      /** For `useQuery`, `useSuspenseQuery`, `fetchQuery` and so on. */
      query(input: Input): QueryOptions<Output>
    } & (Output extends { next_cursor: string | null }
      ? {
          /** For `useInfiniteQuery`: each page continues after the one before. */
          infinite(input: Input): InfiniteOptions<Output>
        }
      : object)
  : Type extends 'mutation'
    ? {
        /** For `useMutation`. */
        mutation(): MutationOptions<Input, Output>
      }
    : never

export interface QueryOptions<Output> {
  queryKey: DataTag<TaskwireKey, Output, TaskwireError>
  queryFn: (context: Pick<QueryFunctionContext, 'signal'>) => Promise<Output>
}

export interface InfiniteOptions<Output> {
  queryKey: TaskwireKey
  queryFn: (context: { signal: AbortSignal; pageParam: string | null }) => Promise<Output>
  initialPageParam: string | null
  getNextPageParam: (last: Output) => string | null
}

export interface MutationOptions<Input, Output> {
  mutationKey: readonly string[]
  mutationFn: (input: Input) => Promise<Output>
}

/** `['taskwire', 'task.list', 'query', input]` */
export type TaskwireKey = readonly ['taskwire', string, 'query' | 'infinite', unknown]

/**
 * Options for TanStack Query for every query and mutation of the server. Errors are `TaskwireError`.
 *
 * @example
 * const options = taskwireOptions(taskwire)
 * const tasks = useQuery(options.task.list.query({ status: 'pending' }))
 * const pages = useInfiniteQuery(options.task.list.infinite({}))
 * const create = useMutation(options.task.create.mutation())
 */
export function taskwireOptions(client: TaskwireClient): TaskwireOptions {
  // The client is a proxy that knows any name, and so is this: the types say which there are.
  return byName((router) => byName((name) => optionsOf(client, router, name))) as TaskwireOptions
}

function byName(make: (name: string) => unknown): object {
  return new Proxy({}, { get: (_, name) => (typeof name === 'string' ? make(name) : undefined) })
}

type Calls = Record<
  string,
  Record<string, Record<'query' | 'mutate', (input: unknown, options?: object) => Promise<unknown>>>
>

function optionsOf(client: TaskwireClient, router: string, name: string) {
  const path = `${router}.${name}`
  const call = (verb: 'query' | 'mutate', input: unknown, options?: object) => {
    const procedure = (client as unknown as Calls)[router]?.[name]
    if (procedure === undefined) throw new TypeError(`There is no procedure ${path}`)
    return procedure[verb](input, options)
  }
  return {
    query: (input: unknown = {}) => ({
      queryKey: ['taskwire', path, 'query', input],
      queryFn: ({ signal }: { signal: AbortSignal }) => call('query', input, { signal }),
    }),
    infinite: (input: object = {}) => ({
      queryKey: ['taskwire', path, 'infinite', input],
      queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | null }) =>
        call('query', pageParam === null ? input : { ...input, cursor: pageParam }, { signal }),
      initialPageParam: null,
      getNextPageParam: (last: { next_cursor: string | null }) => last.next_cursor,
    }),
    mutation: () => ({ mutationKey: ['taskwire', path], mutationFn: (input: unknown) => call('mutate', input) }),
  }
}
