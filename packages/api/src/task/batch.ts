import { z } from 'zod'
import { limits } from '../core/limits.ts'
import { storableText } from '../core/storable.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError, apiErrors, type ErrorCode, type FieldError } from '../errors/api_error.ts'
import { readChanges } from '../log/log.ts'
import { AlreadyExecuted, keepOutcome, lastSeq, writeTogether, type ContextOf } from '../log/transaction.ts'
import { changeMetadata, firstEntry } from '../log/write.ts'
import { batchOperation, executeOperation, namedTasks, type CreatedTasks } from './batch_operation.ts'
import { taskOutput, writeFields, type Task } from './schema.ts'
import { answered } from './write.ts'

const { idempotency_key } = writeFields

// Each operation is judged by itself when it is its turn, so that one that is malformed is refused like any other.
const operation = z
  .custom<z.input<typeof batchOperation>>(() => true)
  .meta({
    description: 'One operation: what to do, the task by `task_id` or `ref`, and the fields that this takes',
    oneOf: z.toJSONSchema(batchOperation, { io: 'input', unrepresentable: 'any' }).oneOf,
  })

export const batchInput = z.strictObject({
  operations: z
    .array(operation)
    .min(1)
    .max(limits.batchOperations)
    .meta({
      examples: [
        [
          { do: 'create', title: 'Buy milk' },
          { do: 'complete', task_id: 1 },
        ],
      ],
    }),
  atomic: z.boolean().optional().meta({ description: 'Whether one refusal refuses all. Default: true' }),
  idempotency_key,
})
type BatchInput = z.infer<typeof batchInput>

const fieldError = z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.int()])), msg: z.string() })
const refusal = z.object({
  code: z.custom<ErrorCode>((code) => typeof code === 'string' && code in apiErrors).meta({ type: 'string' }),
  detail: z.union([z.string(), z.array(fieldError)]),
  current: taskOutput.optional().meta({ description: 'With version_mismatch: the current task' }),
})
const refused = z.object({ index: z.int(), error: refusal })
const result = z.union([z.object({ index: z.int(), task: taskOutput }), refused])

export const batchOutput = z.object({
  results: z.array(result).meta({ description: 'For each operation the task, of a delete as it was, or the error' }),
  first_seq: z.int().nullable().meta({ description: 'The seq of the first change; null if there is none' }),
  last_seq: z.int().nullable(),
})
type BatchOutput = z.infer<typeof batchOutput>

/** What the log keeps of a batch with a key: how the results follow from its changes. */
const stored = z.object({
  last_seq: z.int(),
  results: z.array(z.union([z.object({ index: z.int(), task_id: z.int(), version: z.int() }), refused])),
})

/** Executes operations in their order as one transaction. Unless it is atomic, those that are refused are left out. */
export async function executeBatch(ctx: UserContext, name: string, input: BatchInput): Promise<BatchOutput> {
  const metadata = changeMetadata(ctx, { operation: name, input })
  const repeated = () => answerOf(ctx, metadata)
  const known = await repeated()
  if (known !== null) return known
  try {
    return await writeTogether(ctx, { tasks: namedTasks(input.operations), metadata }, (contextOf, seq) =>
      executed(input, contextOf, seq),
    )
  } catch (error) {
    if (error instanceof NothingAccepted) return { results: error.results, first_seq: null, last_seq: null }
    const answer = error instanceof AlreadyExecuted ? await repeated() : null
    if (answer === null) throw error
    return answer
  }
}

type Results = BatchOutput['results']

/** Rolls a batch back of which every operation was refused: it leaves nothing in the log, not even its key. */
class NothingAccepted extends Error {
  readonly results: Results

  constructor(results: Results) {
    super('every operation was refused')
    this.results = results
  }
}

async function executed(input: BatchInput, contextOf: ContextOf, first_seq: number): Promise<BatchOutput> {
  const created: CreatedTasks = new Map()
  const results: Results = []
  let isFirst = true
  for (const [index, sent] of input.operations.entries()) {
    try {
      results.push({ index, task: await executeOperation(contextOf(isFirst), sent, created) })
      isFirst = false
    } catch (error) {
      const reason = located(error, index)
      if (input.atomic !== false) throw reason
      results.push({ index, error: publicErrorOf(reason) })
    }
  }
  if (isFirst) throw new NothingAccepted(results)
  const last_seq = await lastSeq(contextOf(false))
  const outcome: z.infer<typeof stored> = {
    last_seq,
    results: results.map((each) => ('task' in each ? placeOf(each) : each)),
  }
  await keepOutcome(contextOf(true), outcome)
  return { results, first_seq, last_seq }
}

function placeOf({ index, task }: { readonly index: number; readonly task: Task }) {
  return { index, task_id: task.id, version: task.version }
}

/** The error of an operation, with its place in the batch. Throws what is no refusal of the operation itself. */
function located(error: unknown, index: number): ApiError {
  if (!(error instanceof ApiError) || apiErrors[error.reason].about === 'server') throw error
  const fields = error.details.fields?.map((field) => ({ ...field, loc: ['operations', index, ...field.loc] }))
  return new ApiError(error.reason, { ...error.details, ...(fields && { fields }), index }, error)
}

function publicErrorOf({ reason, message, details: { fields, current } }: ApiError): z.infer<typeof refusal> {
  const detail = fields?.map(storable) ?? message
  return { code: reason, detail, ...(current === undefined ? {} : { current: taskOutput.parse(current) }) }
}

/** Names of fields are the caller's, and the log keeps the error with the batch. */
function storable({ type, loc, msg }: FieldError): z.infer<typeof fieldError> {
  return {
    type,
    loc: loc.map((part) => (typeof part === 'string' ? storableText(part) : part)),
    msg: storableText(msg),
  }
}

/** The answer to the first request with this key, from its changes; null if there was none. */
async function answerOf(ctx: UserContext, metadata: Parameters<typeof firstEntry>[1]): Promise<BatchOutput | null> {
  const first = await firstEntry(ctx, metadata)
  if (first === null) return null
  const { last_seq, results } = stored.parse(first.outcome)
  const first_seq = first.batch ?? first.seq
  const { user_id, services } = ctx
  const changes = await readChanges(services.db, { where: { user_id, seq: { gte: first_seq, lte: last_seq } } })
  return {
    results: results.map((each) => {
      if (!('version' in each)) return each
      const { index, task_id, version } = each
      const made = changes.find((change) => change.task_id === task_id && answered(change).version === version)
      if (made === undefined) throw new ApiError('changes_expired')
      return { index, task: answered(made) }
    }),
    first_seq,
    last_seq,
  }
}
