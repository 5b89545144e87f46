import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changelogWith, changesOf, releasedVersion } from './release.mjs'

const root = join(import.meta.dirname, '..')

test('every package of the workspace has the version of the root', () => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(releasedVersion()).toBe(version)
})

test('a package with another version than the root is named', () => {
  const manifests = [{ version: '1.2.0' }, { name: 'right', version: '1.2.0' }, { name: 'late', version: '1.1.0' }]
  expect(() => releasedVersion(manifests)).toThrow('the version is 1.2.0, but not of late 1.1.0')
})

test('a release moves what is unreleased under its version and leaves an empty heading', () => {
  const before = '# Changelog\n\n## Unreleased\n\n- new\n\n## 1.1.0 - 2026-01-01\n\n- old\n'
  const after = changelogWith('1.2.0', '2026-02-03', before)
  expect(after).toContain('## Unreleased\n\n## 1.2.0 - 2026-02-03\n\n- new\n\n## 1.1.0')
  expect(changesOf('1.2.0', before)).toBe('- new')
  expect(changesOf('1.2.0', after)).toBe('- new')
  expect(changesOf('1.1.0', after)).toBe('- old')
})

// Not what is unreleased: at the commit that a release is made of nothing is.
test('the changelog says what the version of the root changes', () => {
  expect(changesOf(releasedVersion(), readFileSync(join(root, 'CHANGELOG.md'), 'utf8'))).not.toBe('')
})

test('nothing is published but by the workflow', () => {
  // Without a PATH there is no npm that could publish anything.
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/release.mjs'), '--publish'], {
    env: { PATH: '', GITHUB_ACTIONS: 'false' },
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([1, expect.stringContaining('the workflow "Release" publishes what is tagged')])
})
