import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable, type Stream } from 'node:stream'
import type { Page } from 'playwright-core'
import { PASSWORD } from './test_app.ts'

/** The first URL of an authorization request in what a program writes. */
export async function authorizationUrl(output: Stream | null): Promise<string> {
  if (!(output instanceof Readable)) throw new Error('The output is not piped')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const lines: string[] = []
  createInterface(output)
    .on('line', (line) => {
      lines.push(line)
      const [url] = /https?:\S+\/oauth2\/authorize\?\S+/.exec(line) ?? []
      if (url !== undefined) resolve(url)
    })
    .on('close', () => reject(new Error(`The program asked for no authorization:\n${lines.join('\n')}`)))
  // It may end before somebody waits for the URL.
  promise.catch(() => {})
  return promise
}

/** What somebody does in the browser to whom an app leads: creates an account, and allows the app to act. */
export async function signUpAndAllow(page: Page, url: string, email: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Name').fill('New')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
}

/** Runs a program of Node that may lead its user to a browser, which it does not find. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => ({ ...output, code: Number(code) }))
  return { child, ended }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port')
  return address.port
}
