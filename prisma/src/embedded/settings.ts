/** Settings of the embedded server: small, for one machine, and fully durable. `durable: false` is for tests. */
export function settings({ durable }: { durable: boolean }): Record<string, string> {
  return {
    // Several processes with a pool of 30 each, and a psql session.
    max_connections: '200',
    statement_timeout: '15s',
    idle_in_transaction_session_timeout: '60s',
    timezone: 'UTC',

    // Memory. The operating system's cache does the rest.
    shared_buffers: '32MB',
    work_mem: '4MB',
    maintenance_work_mem: '32MB',
    effective_cache_size: '512MB',
    huge_pages: 'off',
    jit: 'off',
    io_method: 'sync',
    max_worker_processes: '2',
    max_parallel_workers: '0',
    max_logical_replication_workers: '0',

    // Nothing replicates from it, so the WAL holds only what crash recovery needs.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '256MB',
    min_wal_size: '32MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),

    // Every write updates the user's counter row, whose dead versions should be vacuumed soon.
    autovacuum_max_workers: '2',
    autovacuum_naptime: '20s',
    autovacuum_vacuum_scale_factor: '0.05',
    autovacuum_analyze_scale_factor: '0.05',

    // The log reports the state of the server, never the text of a statement or the content of a row.
    log_timezone: 'UTC',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    cluster_name: 'taskwire',
  }
}
