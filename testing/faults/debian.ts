import { accessSync, constants } from 'node:fs'

/** Debian's programs that the kit starts, and their packages. `install.sh` installs them all. */
const PROGRAMS = {
  postgres: ['postgresql-15', '/usr/lib/postgresql/15/bin/postgres'],
  pgbouncer: ['pgbouncer', '/usr/sbin/pgbouncer'],
  haproxy: ['haproxy', '/usr/sbin/haproxy'],
  setpriv: ['util-linux', '/usr/bin/setpriv'],
} as const

export type Program = keyof typeof PROGRAMS

export const POSTGRES_BIN = '/usr/lib/postgresql/15/bin'

export function pathOf(program: Program): string {
  return PROGRAMS[program][1]
}

/** The reason to skip tests that need these programs; undefined if all are installed. */
export function missing(...programs: readonly Program[]): string | undefined {
  const absent = [...programs, 'setpriv' as const].filter((program) => !executable(pathOf(program)))
  if (absent.length === 0) return undefined
  const packages = absent.map((program) => PROGRAMS[program][0])
  return `not installed: ${packages.join(', ')} (testing/faults/install.sh installs them on Debian)`
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
