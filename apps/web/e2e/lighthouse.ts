import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath } from './rig/chromium.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

// Not a dependency: its 114 packages would be installed by everybody who never runs it.
const LIGHTHOUSE = 'lighthouse@13.5.0'
const RUNS = 5

let app: TestApp
beforeAll(async () => {
  app = await openTestApp()
})
afterAll(() => app.close())

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>
  readonly audits: Readonly<Record<string, { readonly displayValue?: string }>>
}

/** What Lighthouse reports of the first screen on a phone: Slow 4G and a processor that is four times slower. */
async function report(): Promise<Report> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
  const args = ['--yes', LIGHTHOUSE, app.server.url, '--quiet', '--output=json', `--chrome-flags=${flags.join(' ')}`]
  const env = { ...process.env, CHROME_PATH: chromiumPath }
  const { stdout } = await promisify(execFile)('npx', args, { env, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as Report
}

test('on a phone the first screen has at least 90 for performance, and 100 for everything else', async () => {
  const reports: Report[] = []
  for (let run = 0; run < RUNS; run++) reports.push(await report())
  const scoreOf = ({ categories }: Report, name: string) => Math.round((categories[name]?.score ?? 0) * 100)
  for (const one of reports) {
    const times = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'speed-index']
    console.log(scoreOf(one, 'performance'), ...times.map((name) => `${name} ${one.audits[name]?.displayValue}`))
  }
  const median = (name: string) => reports.map((one) => scoreOf(one, name)).toSorted((a, b) => a - b)[RUNS >> 1]
  expect(median('performance')).toBeGreaterThanOrEqual(90)
  for (const name of ['accessibility', 'best-practices', 'seo']) expect([name, median(name)]).toEqual([name, 100])
})
