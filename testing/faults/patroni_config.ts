import { POSTGRES_BIN } from './debian.ts'
import { CHECK_USER, PASSWORD } from './postgres_cluster.ts'

export interface NodePorts {
  readonly postgres: number
  readonly api: number
}

export interface NodePlace {
  readonly name: string
  readonly folder: string
  readonly ports: NodePorts
  readonly etcdPort: number
}

const address = (port: number) => `127.0.0.1:${port}`

/**
 * Short times, and a synchronous standby as long as there is any. `ttl` is how long a lost primary keeps its lease:
 * from 3.2 on Patroni makes 20 s of less, with a warning.
 */
const CLUSTER = {
  ttl: 8,
  loop_wait: 1,
  retry_timeout: 3,
  synchronous_mode: true,
  primary_start_timeout: 0,
  postgresql: {
    use_pg_rewind: true,
    parameters: { wal_log_hints: 'on', max_connections: 50, shared_buffers: '16MB', wal_keep_size: '128MB' },
  },
}

/** Patroni's configuration of one node. JSON is YAML. */
export function patroniConfig({ name, folder, ports, etcdPort }: NodePlace): string {
  const superuser = { username: 'postgres', password: PASSWORD }
  return JSON.stringify({
    scope: 'taskwire',
    name,
    restapi: { listen: address(ports.api), connect_address: address(ports.api) },
    etcd3: { host: address(etcdPort) },
    bootstrap: { dcs: CLUSTER, initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }] },
    postgresql: {
      listen: address(ports.postgres),
      connect_address: address(ports.postgres),
      data_dir: `${folder}/data`,
      bin_dir: POSTGRES_BIN,
      pgpass: `${folder}/pgpass`,
      authentication: { superuser, replication: { username: 'replicator', password: PASSWORD }, rewind: superuser },
      pg_hba: [`host all ${CHECK_USER} 127.0.0.1/32 trust`, 'host all,replication all 127.0.0.1/32 scram-sha-256'],
      // Only processes crash here, not the machine.
      parameters: { unix_socket_directories: '', fsync: 'off', password_encryption: 'scram-sha-256' },
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
    },
  })
}
