import { appRouter, operations, apiErrors } from '@taskwire/api'
import { expect, test } from 'vitest'

test('the names that callers can use match surface.txt (vitest --update writes it)', async () => {
  const procedures = operations(appRouter).map(({ name, type, rest, tool, errors = [] }) => {
    const routes = rest?.methods.map((method) =>
      [`  ${method} ${rest.path} ${rest.status}`, rest.answer, rest.etag === true && 'etag'].filter(Boolean).join(' '),
    )
    const lines = [
      `${type} ${name}`,
      ...(routes ?? []),
      ...(tool === undefined ? [] : [`  tool ${tool.name}${tool.removes === true ? ' removes' : ''}`]),
    ]
    return [...lines, ...errors.map((code) => `  ! ${code}`)].join('\n')
  })
  const codes = Object.entries(apiErrors).map(
    ([name, { status, code, retry, about, detail }]) => `${name} ${status} ${code} ${retry} ${about} "${detail}"`,
  )
  await expect([...procedures, '', ...codes, ''].join('\n')).toMatchFileSnapshot('./surface.txt')
})
