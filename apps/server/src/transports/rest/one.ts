import { taskOutput, type Task } from '@taskwire/api'
import { sendJson, type Answer } from './call.ts'
import { entityTag, namedVersions } from './entity_tag.ts'

/** The operation's output as one JSON value. */
export const answerOne: Answer = async ({ operation, rest, ctx, input, reply }) => {
  const output = await operation.run(ctx, input)
  reply.code(rest.status)
  return rest.status === 204 ? reply.send() : sendJson(reply, output)
}

/** One task: with its version as ETag, and 304 for who knows it already. */
export const answerTask: Answer = async ({ operation, rest, ctx, input, request, reply }) => {
  const task = await operation.run(ctx, input)
  reply.code(rest.status)
  if (rest.status === 204) return reply.send()
  if (!isTask(task)) return sendJson(reply, task)
  reply.header('etag', entityTag(task.version))
  const known = operation.type === 'query' ? request.headers['if-none-match'] : undefined
  if (known !== undefined) {
    const versions = namedVersions(known)
    if (versions === 'any' || versions.includes(task.version)) return reply.code(304).send()
  }
  return sendJson(reply, task)
}

/** An operation's output has gone through its schema; this only tells the compiler. */
function isTask(output: unknown): output is Task {
  return typeof output === 'object' && output !== null && 'version' in output
}

/** Whether what an operation answers is one task. */
export function answersTask(output: unknown): boolean {
  return output === taskOutput
}
