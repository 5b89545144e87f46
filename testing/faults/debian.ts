import { accessSync, constants } from 'node:fs'

/** Debian's programs that the kit starts, and their packages. `install.sh` installs the first three. */
const PROGRAMS = {
  postgres: ['postgresql-15', '/usr/lib/postgresql/15/bin/postgres'],
  pgbouncer: ['pgbouncer', '/usr/sbin/pgbouncer'],
  haproxy: ['haproxy', '/usr/sbin/haproxy'],
  nginx: ['nginx', '/usr/sbin/nginx'],
  caddy: ['caddy', '/usr/bin/caddy'],
  etcd: ['etcd-server', '/usr/bin/etcd'],
  patroni: ['patroni python3-psycopg2', '/usr/bin/patroni'],
  setpriv: ['util-linux', '/usr/bin/setpriv'],
} as const

export type Program = keyof typeof PROGRAMS

export const POSTGRES_BIN = '/usr/lib/postgresql/15/bin'

export function pathOf(program: Program): string {
  return PROGRAMS[program][1]
}

/**
 * The reason to skip tests that need these programs; undefined if all are installed. Where the environment variable CI
 * is `true` it throws the reason instead, so that no run there passes without them.
 */
export function missing(...programs: readonly Program[]): string | undefined {
  // oxlint-disable-next-line node/no-process-env
  const isCi = process.env['CI'] === 'true'
  return reasonToSkip(
    [...programs, 'setpriv' as const].map((program) => PROGRAMS[program]),
    isCi,
  )
}

/** `missing` for packages and the paths of their programs. */
export function reasonToSkip(
  required: readonly (readonly [name: string, path: string])[],
  mustBeInstalled: boolean,
): string | undefined {
  const absent = required.flatMap(([name, path]) => (executable(path) ? [] : [name]))
  if (absent.length === 0) return undefined
  const reason = `not installed: ${absent.join(', ')} (testing/faults/install.sh installs them on Debian)`
  if (mustBeInstalled) throw new Error(reason)
  return reason
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
