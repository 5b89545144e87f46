export { POSTGRES_ERRORS, type PostgresError } from './postgres_errors.ts'
export type { Fault, Injection } from './injections.ts'
export { TcpProxy, type TcpProxyOptions } from './tcp_proxy.ts'
