#!/usr/bin/env node
import { createInterface } from 'node:readline'
import { createBridge } from './bridge.ts'
import { settingsFrom } from './settings.ts'

// stdout carries the protocol, stderr everything else.
// oxlint-disable-next-line node/no-process-env -- this is the program: its settings are variables
const settings = settingsFrom(process.env)
if ('problems' in settings) {
  process.stderr.write(settings.problems.map((problem) => `${problem}\n`).join(''))
  process.exit(1)
}

const bridge = createBridge({ ...settings, write: (line) => void process.stdout.write(`${line}\n`) })
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
lines.on('line', bridge.receive)
lines.on('close', () => void bridge.idle())
// The client has gone.
process.stdout.on('error', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
