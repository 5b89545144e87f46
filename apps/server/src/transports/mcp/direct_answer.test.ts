import { appRouter, operations, tools, type Principal } from '@taskwire/api'
import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { directAnswers } from './direct_answer.ts'

const all = tools(operations(appRouter))

/** The names of the tools that are listed to a principal of this scope. */
async function listed(answer: ReturnType<typeof directAnswers>, scope: Principal['scope']): Promise<string[]> {
  let sent = ''
  const reply = {
    header: () => reply,
    send: (bytes: Buffer) => {
      sent = bytes.toString()
      return reply
    },
  } as unknown as FastifyReply
  const principal = { user_id: 'ann', kind: 'api_key', scope, actor: null, email: null, name: null, expires_at: null }
  const session = { principal: principal as Principal, context: () => expect.unreachable() }
  await answer({ id: 1, era: 'modern', tool: undefined, args: {} }, session, reply)
  const { result }: { result: { tools: { name: string }[] } } = JSON.parse(sent)
  return result.tools.map(({ name }) => name)
}

test('the list that is kept for one scope is not that of another, whichever is asked for first', async () => {
  for (const scopes of [
    ['write', 'read', 'write'],
    ['read', 'write', 'read'],
  ] as const) {
    const answer = directAnswers(all)
    for (const scope of scopes) {
      const names = await listed(answer, scope)
      expect(names).toContain('list_tasks')
      expect(names.includes('add_task'), scope).toBe(scope === 'write')
    }
  }
})
