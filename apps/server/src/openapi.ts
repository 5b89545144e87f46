import type { Operation } from '@taskwire/api'
export function openApiDocument(_operations: readonly Operation[]): object {
  return {}
}
