/** What we use of `pg`, which comes without types. */
declare module 'pg' {
  import type { Socket } from 'node:net'
  import type { ConnectionOptions } from 'node:tls'

  export interface ClientConfig {
    host: string
    port: number
    user: string
    password?: string | undefined
    database: string
    ssl: ConnectionOptions | false
    application_name?: string
    options?: string | undefined
    statement_timeout?: number | undefined
    idle_in_transaction_session_timeout?: number | undefined
    connectionTimeoutMillis?: number
    keepAlive?: boolean
    /** Sends statements behind one another, without waiting for the answers. */
    pipeline?: boolean
    stream?: () => Socket
    types?: { getTypeParser(oid: number): (text: string) => unknown }
  }

  export interface QueryConfig {
    text: string
    values?: readonly unknown[]
    /** Kept prepared under this name. */
    name?: string | undefined
    rowMode?: 'array' | undefined
  }

  export interface QueryResult {
    command: string
    rowCount: number | null
    rows: unknown[]
  }

  export class Client {
    constructor(config: ClientConfig)
    connect(): Promise<unknown>
    query(config: QueryConfig, done: (error: Error | null, result: QueryResult) => void): void
    end(): Promise<void>
    on(event: 'error' | 'end', listener: (error?: Error) => void): this
  }

  const pg: { Client: typeof Client }
  export default pg
}
