/** An error as PostgreSQL or a pooler in front of it reports it. */
export interface PostgresError {
  /** The SQLSTATE. */
  readonly code: string
  readonly message: string
  /** After FATAL the server closes the connection. */
  readonly severity: 'ERROR' | 'FATAL'
}

/** The errors of real servers and poolers when the database is absent, full, read-only or overloaded. */
export const POSTGRES_ERRORS = {
  pooler_lost_server: { severity: 'FATAL', code: '08P01', message: 'server conn crashed?' },
  pooler_login_retry: {
    severity: 'FATAL',
    code: '08P01',
    message: 'server login has been failing, try again later (server_login_retry)',
  },
  pooler_wait_timeout: { severity: 'FATAL', code: '08P01', message: 'query_wait_timeout' },
  wrong_password: { severity: 'FATAL', code: '28P01', message: 'password authentication failed for user "postgres"' },
  too_many_connections: { severity: 'FATAL', code: '53300', message: 'sorry, too many clients already' },
  disk_full: { severity: 'ERROR', code: '53100', message: 'could not extend file: No space left on device' },
  out_of_memory: { severity: 'ERROR', code: '53200', message: 'out of memory' },
  read_only: { severity: 'ERROR', code: '25006', message: 'cannot execute INSERT in a read-only transaction' },
  admin_shutdown: {
    severity: 'FATAL',
    code: '57P01',
    message: 'terminating connection due to administrator command',
  },
  crash_shutdown: {
    severity: 'FATAL',
    code: '57P02',
    message: 'terminating connection because of crash of another server process',
  },
  cannot_connect_now: { severity: 'FATAL', code: '57P03', message: 'the database system is starting up' },
  statement_timeout: { severity: 'ERROR', code: '57014', message: 'canceling statement due to statement timeout' },
  lock_timeout: { severity: 'ERROR', code: '55P03', message: 'canceling statement due to lock timeout' },
  serialization_failure: {
    severity: 'ERROR',
    code: '40001',
    message: 'could not serialize access due to concurrent update',
  },
  deadlock: { severity: 'ERROR', code: '40P01', message: 'deadlock detected' },
  stale_plan: { severity: 'ERROR', code: '0A000', message: 'cached plan must not change result type' },
} as const satisfies Record<string, PostgresError>
