import { appRouter, operations, apiErrors } from '@taskwire/api'
import { expect, test } from 'vitest'

test('what callers can name is what surface.txt says (vitest --update writes it)', async () => {
  const procedures = operations(appRouter).map(({ name, type, rest, tool, errors = [] }) => {
    const routes = rest?.methods.map((method) =>
      `  ${method} ${rest.path} ${rest.status} ${rest.answer ?? ''}`.trimEnd(),
    )
    const lines = [`${type} ${name}`, ...(routes ?? []), ...(tool === undefined ? [] : [`  tool ${tool.name}`])]
    return [...lines, ...errors.map((reason) => `  ! ${reason}`)].join('\n')
  })
  const codes = Object.entries(apiErrors).map(
    ([reason, { status, code, detail }]) => `${reason} ${status} ${code} "${detail}"`,
  )
  await expect([...procedures, '', ...codes, ''].join('\n')).toMatchFileSnapshot('./surface.txt')
})
