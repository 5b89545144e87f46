import { expect, test } from 'vitest'
import { heapFlags } from './heap.mjs'

const OLD = '--max-old-space-size=512'
const SEMI = '--max-semi-space-size=16'

test('a server has limits for its heap, of which those that the user sets take precedence', () => {
  expect(heapFlags({})).toEqual([SEMI, OLD])
  expect(heapFlags({ NODE_OPTIONS: '--max-old-space-size=2048' })).toEqual([SEMI])
  expect(heapFlags({ NODE_OPTIONS: `--inspect ${SEMI} ${OLD}` })).toEqual([])
})
