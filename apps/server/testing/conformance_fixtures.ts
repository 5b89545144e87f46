import { setTimeout as sleep } from 'node:timers/promises'
import {
  ResourceNotFoundError,
  Server,
  type CallToolResult,
  type ContentBlock,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { McpServerFactory } from '../src/transports/mcp/server.ts'
import { ASKING_PROMPT, askingPrompt, askingTools } from './conformance_questions.ts'

// The tools, resources and prompts that the public conformance suite calls and the product does not have. Tests only.

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='

const text = (words: string): ContentBlock => ({ type: 'text', text: words })
const image: ContentBlock = { type: 'image', data: PNG, mimeType: 'image/png' }
const audio: ContentBlock = { type: 'audio', data: WAV, mimeType: 'audio/wav' }

function resource(uri: string): ContentBlock {
  return { type: 'resource', resource: { uri, mimeType: 'text/plain', text: 'This is embedded.' } }
}

type ToolHandler = (context: ServerContext) => CallToolResult | Promise<CallToolResult>

const tools: Record<string, ToolHandler> = {
  test_simple_text: () => ({ content: [text('This is a simple text response for testing.')] }),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [audio] }),
  test_embedded_resource: () => ({ content: [resource('test://embedded-resource')] }),
  test_multiple_content_types: () => ({ content: [text('Multiple:'), image, resource('test://mixed')] }),
  test_error_handling: () => ({ isError: true, content: [text('This tool intentionally fails')] }),
  test_tool_with_logging: async ({ mcpReq }) => {
    for (const words of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.log('info', words)
      await sleep(20)
    }
    return { content: [text('logged')] }
  },
  test_tool_with_progress: async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    for (const progress of [0, 50, 100]) {
      if (progressToken === undefined) continue
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } })
      await sleep(20)
    }
    return { content: [text('done')] }
  },
}

const jsonSchemaTool = {
  name: 'json_schema_2020_12_tool',
  description: 'Tool with JSON Schema 2020-12 features',
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object' as const,
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
    },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  },
}

const prompts: Record<string, (args: Record<string, string>) => ContentBlock[]> = {
  test_simple_prompt: () => [text('This is a simple prompt for testing.')],
  test_prompt_with_arguments: ({ arg1, arg2 }) => [text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  test_prompt_with_embedded_resource: ({ resourceUri = '' }) => [resource(resourceUri), text('Please process it.')],
  test_prompt_with_image: () => [image, text('Please analyze the image above.')],
}

function contentsOf(uri: string) {
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: PNG }
  return { uri, mimeType: 'text/plain', text: `This is the content of ${uri}.` }
}

/** A server with the suite's fixture tools, resources and prompts, mounted like ours. */
export const fixtureServer: McpServerFactory = () => {
  const server = new Server(
    { name: 'conformance', version: '1' },
    { capabilities: { tools: {}, resources: { subscribe: true }, prompts: {}, logging: {}, completions: {} } },
  )
  server.setRequestHandler('tools/list', () => ({
    tools: [
      ...[...Object.keys(tools), ...Object.keys(askingTools)].map((name) => ({
        name,
        description: name,
        inputSchema: { type: 'object' as const },
      })),
      jsonSchemaTool,
    ],
  }))
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const handler = tools[params.name] ?? askingTools[params.name]
    if (handler === undefined) throw new Error(`no tool ${params.name}`)
    return handler(context)
  })
  server.setRequestHandler('resources/list', () => ({
    resources: ['text', 'binary'].map((name) => ({ uri: `test://static-${name}`, name, description: name })),
  }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }))
  server.setRequestHandler('resources/read', ({ params }) => {
    if (params.uri.includes('nonexistent')) throw new ResourceNotFoundError(params.uri)
    return { contents: [contentsOf(params.uri)] }
  })
  server.setRequestHandler('resources/subscribe', () => ({}))
  server.setRequestHandler('resources/unsubscribe', () => ({}))
  server.setRequestHandler('prompts/list', () => ({
    prompts: [...Object.keys(prompts), ASKING_PROMPT].map((name) => ({ name, description: name })),
  }))
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    if (params.name === ASKING_PROMPT) return askingPrompt(context)
    const contents = prompts[params.name]?.(params.arguments ?? {}) ?? []
    return { messages: contents.map((content) => ({ role: 'user' as const, content })) }
  })
  server.setRequestHandler('completion/complete', () => ({ completion: { values: ['paris'], hasMore: false } }))
  return server
}
