import addFormats from 'ajv-formats'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'
import type { HttpReply } from './http.ts'

/** What an OpenAPI document says of one response. */
const response = z.object({ content: z.record(z.string(), z.unknown()).optional() })
const operation = z.object({ responses: z.record(z.string(), response) })
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) })

/** Holds answers against the OpenAPI document: is the status documented for this route, and does the body fit? */
export class DocumentedAnswers {
  readonly #paths: z.infer<typeof document>['paths']
  // A schema that many responses share is compiled once. Compiling takes longer than all the checks.
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false, code: { optimize: false } })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(openApi: object) {
    this.#paths = document.parse(openApi).paths
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(openApi, 'document')
  }

  /** What is wrong with an answer; undefined where it is as documented. */
  problem(method: string, path: string, { status, headers, text }: HttpReply): string | undefined {
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status)]
    const documented = this.#paths[path]?.[method.toLowerCase()]?.responses[status]
    if (documented === undefined) return `${status} is not documented for ${method} ${path}: ${text.slice(0, 200)}`
    const type = headers['content-type']?.split(';')[0]
    const { content } = documented
    if (content === undefined)
      return text === '' ? undefined : `${status} should have no body, not ${text.slice(0, 200)}`
    if (type === undefined || content[type] === undefined) return `${status} has the type ${type}`
    if (type !== 'application/json') return undefined
    const validate = this.#validator([...place, 'content', type, 'schema'])
    if (validate(JSON.parse(text))) return undefined
    return `${this.#ajv.errorsText(validate.errors)} in ${method} ${path} ${status}: ${text.slice(0, 200)}`
  }

  #validator(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
    const known = this.#validators.get(pointer)
    if (known !== undefined) return known
    const validate = this.#ajv.compile({ $ref: `document#/${pointer}` })
    this.#validators.set(pointer, validate)
    return validate
  }
}
