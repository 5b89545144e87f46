import type { JsonAnswer } from '@taskwire/api'
import { disconnectSignal } from '../../http/disconnect.ts'
import { sendJson, sendJsonText, type Respond, type RestCall } from './call.ts'
import { entityTag, namedVersions } from './etag.ts'
import { isRecord } from './input.ts'

/** Responds with the operation's output as one JSON value. */
export const respondWithValue: Respond = async ({ operation, rest, ctx, input, reply }) => {
  if (rest.status === 204) {
    // The text costs less than the output, even though neither is sent.
    await (operation.runAsJson?.(ctx, input) ?? operation.run(ctx, input, disconnectSignal(reply)))
    return reply.code(204).send()
  }
  const output = await operation.run(ctx, input, disconnectSignal(reply))
  return sendJson(reply.code(rest.status), output)
}

/** Responds with an output that has a version and with its ETag; 304 when `If-None-Match` names the current version. */
export const respondWithVersion: Respond = async ({ operation, rest, ctx, input, request, reply }) => {
  const { json, version } = await versioned({ operation, ctx, input })
  if (rest.dryRun !== undefined && isRecord(input) && input['dry_run'] === true)
    return sendJsonText(reply.code(200), json)
  if (version === undefined) throw new TypeError('an operation with an ETag must have a version in its output')
  reply.code(rest.status).header('etag', entityTag(version))
  const known = operation.type === 'query' ? request.headers['if-none-match'] : undefined
  if (known !== undefined) {
    const versions = namedVersions(known)
    if (versions === 'any' || versions.includes(version)) return reply.code(304).send()
  }
  return sendJsonText(reply, json)
}

async function versioned({
  operation,
  ctx,
  input,
}: Pick<RestCall, 'operation' | 'ctx' | 'input'>): Promise<JsonAnswer> {
  if (operation.runAsJson !== undefined) return operation.runAsJson(ctx, input)
  const output = await operation.run(ctx, input)
  const json = JSON.stringify(output)
  return isRecord(output) && typeof output['version'] === 'number' ? { json, version: output['version'] } : { json }
}
