import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  clients,
  READ_KEY,
  testMcpServer,
  tokenOf,
  type AnyClient,
  type TestMcpServer,
} from '../../../testing/mcp_server.ts'

let mcp: TestMcpServer
beforeAll(async () => {
  mcp = await testMcpServer()
})
afterAll(() => mcp.close())

describe.each(Object.entries(clients))('a client: %s', (_name, connect) => {
  async function withClient<T>(token: string, use: (client: AnyClient) => Promise<T>): Promise<T> {
    const client = await connect(mcp.url, token)
    try {
      return await use(client)
    } finally {
      await client.close()
    }
  }

  test('lists and calls every tool', async () => {
    const user = newUser()
    await withClient(await tokenOf(user), async (client) => {
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual([
        'list_tasks',
        'change_tasks',
        'get_task',
        'add_task',
        'quick_add',
        'update_task',
        'complete_task',
        'reopen_task',
        'delete_task',
        'undo',
      ])
      const call = async (name: string, args: Record<string, unknown> = {}) => {
        const { isError, structuredContent, content } = await client.callTool({ name, arguments: args })
        expect(isError ?? false).toBe(false)
        expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }])
        return structuredContent
      }
      await call('add_task', { title: 'Buy milk' })
      const [task] = (await mcp.fixture.caller(user).task.list({})).items
      const task_id = task?.id ?? 0
      const lean = { id: task_id, title: 'Buy milk', version: 1, completed: false }
      expect(await call('list_tasks')).toEqual({ tasks: [lean], next_cursor: null })
      expect(await call('list_tasks', { details: true })).toEqual({ tasks: [task], next_cursor: null })
      expect(await call('get_task', { task_id })).toEqual({ task })
      expect(await call('get_task', { task_id, history: true })).toMatchObject({ changes: [{ seq: 1 }] })
      const result = (status: string, seq: number, version: number) => {
        return { task_id, status, title: 'Buy bread', version, seq }
      }
      expect(await call('update_task', { task_id, title: 'Buy bread' })).toEqual(result('updated', 2, 2))
      expect(await call('complete_task', { task_id })).toEqual(result('completed', 3, 3))
      expect(await call('reopen_task', { task_id })).toEqual(result('reopened', 4, 4))
      expect(await call('delete_task', { task_id })).toEqual(result('deleted', 5, 4))
      const undone = [{ seq: 5, task_id, kind: 'deleted' }]
      expect(await call('undo')).toEqual({ ...result('undone', 6, 6), undone })
    })
  })

  test('gets an error as a tool result with a text and a code', async () => {
    await withClient(await tokenOf(newUser()), async (client) => {
      // A client that has listed the tools validates results against their schemas.
      await client.listTools()
      const { isError, content, structuredContent } = await client.callTool({
        name: 'complete_task',
        arguments: { task_id: 2_000_000_000 },
      })
      expect(isError).toBe(true)
      expect(structuredContent).toMatchObject({ code: 'task_not_found', detail: 'Task not found' })
      expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('Call list_tasks') }])
    })
  })

  test('lists and can call only the reading tools with a read-only key', async () => {
    await withClient(READ_KEY, async (client) => {
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['list_tasks', 'get_task'])
      expect(await client.callTool({ name: 'list_tasks' })).toMatchObject({ structuredContent: { tasks: [] } })
      const result = await client.callTool({ name: 'add_task', arguments: { title: 'x' } })
      expect(result).toMatchObject({ isError: true, structuredContent: { code: 'scope_insufficient' } })
    })
  })

  test('cannot connect without a valid token', async () => {
    await expect(connect(mcp.url, 'wrong')).rejects.toThrow()
  })
})

test('each of twenty concurrent clients gets only its own responses', async () => {
  const kinds = Object.values(clients)
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const user = `parallel-${index}`
      const client = await kinds[index % kinds.length]?.(mcp.url, await tokenOf(user))
      if (client === undefined) throw new Error('no client')
      for (let i = 0; i < 5; i++) await client.callTool({ name: 'add_task', arguments: { title: `${user} ${i}` } })
      const { structuredContent } = await client.callTool({ name: 'list_tasks' })
      const titles = [4, 3, 2, 1, 0].map((i) => ({ title: `${user} ${i}` }))
      expect(structuredContent).toMatchObject({ tasks: titles })
      await client.close()
    }),
  )
})
