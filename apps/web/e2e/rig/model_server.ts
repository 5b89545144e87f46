import { once } from 'node:events'
import { createServer } from 'node:http'

/** A model's server that answers as it is told to. */
export interface ModelServer {
  readonly url: string
  /** What it does with a question: `silent` never answers, `broken` refuses, `prompt` answers in words. */
  mood: 'silent' | 'broken' | 'prompt'
  /** How many questions have arrived. */
  readonly asked: () => number
  readonly close: () => void
}

/** Speaks the streamed Chat Completions protocol, as far as a short answer needs it. */
export async function modelServer(): Promise<ModelServer> {
  let asked = 0
  const server = createServer((request, response) => {
    request.resume()
    asked++
    if (model.mood === 'broken') response.writeHead(500, { 'content-type': 'application/json' }).end('{}')
    if (model.mood !== 'prompt') return
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
    mood: 'prompt',
    asked: () => asked,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return model
}
