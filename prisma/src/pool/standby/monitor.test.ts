import { TcpProxy } from '@taskwire/faults'
import { expect, test } from 'vitest'
import { pretendStandby } from '../../../testing/pretend_standby.ts'
import { standbyAddress } from '../connection.ts'
import { connectMonitor, type Monitor } from './monitor.ts'

function monitorOf(url: string): Promise<Monitor> {
  const { servers, config } = standbyAddress(url)
  const [server] = servers
  if (server === undefined) throw new Error('no server')
  return connectMonitor(server, config)
}

test('a standby is asked what it is and how far it is, until the connection is closed', async () => {
  const standby = await pretendStandby()
  const monitor = await monitorOf(standby.url)
  const { instance, is_standby, cluster, timeline, replayed } = await monitor.facts()
  expect({ is_standby, timeline }).toEqual({ is_standby: true, timeline: 1 })
  expect(instance).toMatch(/^\d{4}-/)
  expect(cluster).toMatch(/^\d+$/)
  expect(replayed).toBeGreaterThan(1n)
  expect(await monitor.replayed()).toBeGreaterThanOrEqual(replayed)
  await standby.setReplaying(false)
  expect(await monitor.replayed()).toBe(1n)
  monitor.close()
  await expect.poll(() => standby.connections()).toBe(0)
  await expect(monitor.replayed()).rejects.toThrow()
})

test('a standby that does not answer is waited for no longer than a second', async () => {
  const standby = await pretendStandby()
  await using proxy = await TcpProxy.inFrontOf(standby.url)
  const monitor = await monitorOf(proxy.through(standby.url))
  await monitor.replayed()
  proxy.blackHole()
  const start = performance.now()
  await expect(monitor.replayed()).rejects.toThrow('Query read timeout')
  expect(performance.now() - start).toBeGreaterThan(900)
  monitor.close()
})

test('a connection that cannot be opened is closed', async () => {
  const standby = await pretendStandby()
  await using proxy = await TcpProxy.inFrontOf(standby.url)
  proxy.inject({ at: 'start-up', severity: 'FATAL', code: '57P03', message: 'the database system is starting up' })
  await expect(monitorOf(proxy.through(standby.url))).rejects.toMatchObject({ code: '57P03' })
  await expect.poll(() => proxy.open).toBe(0)
})
