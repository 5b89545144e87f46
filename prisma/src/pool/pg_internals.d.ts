// What pg has and its types leave out: see `pipelined_query.ts`.

declare module 'pg/lib/utils.js' {
  /** A parameter's value as PostgreSQL reads it: text, bytes or null. Throws where it cannot be written as either. */
  export function prepareValue(value: unknown): string | Buffer | null
}
