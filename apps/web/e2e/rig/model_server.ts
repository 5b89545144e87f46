import { once } from 'node:events'
import { createServer } from 'node:http'

/** A model server whose behaviour the test chooses. */
export interface ModelServer {
  readonly url: string
  /** What it does with a request: `hanging` never answers, `failing` answers with an error, `answering` with a text. */
  behaviour: 'hanging' | 'failing' | 'answering'
  /** How many requests have arrived. */
  readonly requestCount: () => number
  readonly close: () => void
}

/** Implements as much of the streamed Chat Completions protocol as a short answer needs. */
export async function startModelServer(): Promise<ModelServer> {
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    asked++
    if (model.behaviour === 'failing') response.writeHead(500, { 'content-type': 'application/json' }).end('{}')
    if (model.behaviour !== 'answering') return
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunk = (choice: object) =>
      response.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [choice] })}\n\n`,
      )
    chunk({ index: 0, delta: { role: 'assistant', content: 'Here I am.' }, finish_reason: null })
    chunk({ index: 0, delta: {}, finish_reason: 'stop' })
    response.end('data: [DONE]\n\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  const model: ModelServer = {
    url: `http://127.0.0.1:${address.port}/v1`,
    behaviour: 'answering',
    requestCount: () => asked,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return model
}
