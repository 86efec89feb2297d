import { Type } from 'typebox'

/** Where accounts are kept, and how PostgreSQL is reached. */
export const Database = Type.Object(
  {
    url: Type.String({
      default: 'sqlite:latchkey.db',
      pattern: '^(sqlite:.+|postgres(ql)?://.+)$',
      expected: '"sqlite:" and a file, "sqlite::memory:", or a postgres:// URL',
      secret: 'inUrl',
      description:
        '`sqlite:` and a file, which is made when there is none; `sqlite::memory:` keeps everything in memory; or `postgres://user:password@host:5432/database`, with several hosts if need be (`h1:5432,h2:5432`) and the parameters `sslmode` (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`), `sslrootcert`, `target_session_attrs` (`any`, `read-write`, `primary`), `application_name`, `options` and `host` as in libpq.',
    }),
    poolSize: Type.Integer({
      default: 4,
      minimum: 2,
      maximum: 100,
      description:
        'PostgreSQL: connections of one process at most. Statements share them, so few do much; half as many again are for lists and counts.',
    }),
    preparedStatements: Type.Boolean({
      default: true,
      description:
        'PostgreSQL: keep statements prepared on each connection, and time limits too. `false` behind PgBouncer ([why](operations.md#postgresql-failover-and-poolers)).',
    }),
    connectTimeout: Type.Number({
      default: 2,
      minimum: 0.1,
      maximum: 4,
      description: 'PostgreSQL: seconds a server may take to let us in, each of several.',
    }),
    statementTimeout: Type.Number({
      default: 3,
      minimum: 0.1,
      maximum: 4,
      description:
        'PostgreSQL: seconds a statement may run, or wait for others; then the request is answered 503. The server is told, and a connection on which no answer comes for half a second more is given up.',
    }),
    idleTimeout: Type.Number({
      default: 60,
      minimum: 1,
      maximum: 86_400,
      description: 'PostgreSQL: seconds after which a connection that nobody needs is closed.',
    }),
    caFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'PostgreSQL: file with the certificates (PEM) of those who may sign the server’s, for `sslmode=verify-ca` and `verify-full`. The system’s where there is none.',
      }),
    ),
  },
  { additionalProperties: false, default: {} },
)
