import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import type { CallTrace, ErrorCode } from '@taskwire/api'
import { statementLabel } from '../metrics/statement_label.ts'

export interface RequestTrace extends CallTrace {
  /** Undefined where the trace is not sampled. */
  readonly id: string | undefined
  end(response: TracedResponse): void
}

export interface TracedResponse {
  /** The route's pattern, never a path. */
  readonly route: string
  readonly status: number
  readonly code: ErrorCode | undefined
}

export interface TracedRequest {
  readonly method: string
  readonly route: string
  /** The header, as it was sent. */
  readonly traceparent: string | undefined
}

export type RequestTraces = (request: TracedRequest) => RequestTrace

/**
 * Spans of a request, its operations and their statements. Names and attributes are those of routes, procedures and
 * statements: nothing that a caller sent, but the ids in `traceparent`.
 */
export function requestTraces(tracer: Tracer): RequestTraces {
  return ({ method, route, traceparent }) => {
    const span = tracer.startSpan(
      `${method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': method, 'http.route': route } },
      parentOf(traceparent),
    )
    const context = trace.setSpan(ROOT_CONTEXT, span)
    return {
      id: span.isRecording() ? span.spanContext().traceId : undefined,
      begin: (operation) => operationTrace(tracer, operation, context),
      end({ route: known, status, code }) {
        span.updateName(`${method} ${known}`)
        span.setAttributes({ 'http.route': known, 'http.response.status_code': status })
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        endSpan(span, code)
      },
    }
  }
}

/** `tracestate` is left out: it may contain anything, and is for services that we do not call. */
function parentOf(traceparent: string | undefined): Context {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent)
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true })
}

function operationTrace(tracer: Tracer, operation: string, parent: Context): ReturnType<CallTrace['begin']> {
  const span = tracer.startSpan(operation, { attributes: { 'taskwire.operation': operation } }, parent)
  const context = trace.setSpan(parent, span)
  return {
    statement(name, ms) {
      const end = Date.now()
      const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': statementLabel(name) }
      const options = { kind: SpanKind.CLIENT, startTime: end - ms, attributes }
      tracer.startSpan(statementLabel(name), options, context).end(end)
    },
    end: (code) => endSpan(span, code),
  }
}

function endSpan(span: Span, code: ErrorCode | undefined): void {
  if (code !== undefined) span.setAttribute('error.type', code)
  span.end()
}
