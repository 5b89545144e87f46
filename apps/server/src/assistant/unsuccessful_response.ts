import { z } from 'zod'

/** A response of OpenAI's Responses protocol that did not end well: its code, without its text. */
export class ResponseFailure extends Error {
  readonly code: string

  constructor(code: string) {
    super('the response did not complete')
    this.name = 'ResponseFailure'
    this.code = code
  }
}

/** The provider withheld the answer. */
export class WithheldAnswer extends Error {}

const response = z.object({
  status: z.string().optional(),
  error: z.object({ code: z.string().nullish() }).nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  output: z.array(z.unknown()).nullish(),
})

/**
 * Throws what a failed response says of its cause, which the SDK would drop. One that was cut off at the limit of
 * tokens counts as successful: it has the beginning of an answer.
 */
export function assertUsableResponse(sent: unknown): void {
  const { data } = response.safeParse(sent)
  if (data?.status === 'failed') throw new ResponseFailure(data.error?.code ?? 'failed')
  if (data?.status !== 'incomplete') return
  if (data.incomplete_details?.reason === 'content_filter') throw new WithheldAnswer()
  if ((data.output ?? []).length === 0) throw new ResponseFailure(data.incomplete_details?.reason ?? 'incomplete')
}
