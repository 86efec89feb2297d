import { Type } from 'typebox'

const Cors = Type.Object(
  {
    origins: Type.Array(Type.String(), {
      default: [],
      description:
        'Origins whose pages may call the API from a browser, such as `https://app.example.com`, each spelled out: there is no wildcard. Empty, pages of other origins are kept out (CORS is off).',
    }),
  },
  { additionalProperties: false, default: {} },
)

const Tls = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      description:
        'File with the private key (PEM), beside `server.tls.cert`: then the server speaks TLS and nothing else, and `publicUrl` starts with `https://`. Relative to the file of the configuration.',
    }),
    cert: Type.String({
      minLength: 1,
      description:
        'File with the certificate and those between it and its root (PEM). Key and certificate are read anew when they change, within seconds; nobody is cut off.',
    }),
  },
  { additionalProperties: false },
)

const connectionLimits = {
  headersTimeout: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 600,
    description: 'Seconds a client has for the head of a request; then it is 408 and the connection is over.',
  }),
  requestTimeout: Type.Integer({
    default: 30,
    minimum: 1,
    maximum: 600,
    description:
      'Seconds a client has for a whole request; then it is 408. Also how long an answer may lie without a byte of it being taken; then the connection is cut.',
  }),
  keepAliveTimeout: Type.Integer({
    default: 65,
    minimum: 1,
    maximum: 3_600,
    description:
      'Seconds a connection may idle between requests. Longer than the same setting of a proxy in front (often 60), or that one may send into a connection that is just being closed.',
  }),
  maxConnections: Type.Integer({
    default: 10_000,
    minimum: 1,
    description:
      'Connections held at once; one more is hung up on. A process needs about as many open files (`ulimit -n`).',
  }),
}

/** The options under `server`: where it listens, who gets to it, how, and for how long. */
export const Server = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      minLength: 1,
      description:
        'Address to listen on. On any other than a loopback address `publicUrl` must be set, because links in mails start with it.',
    }),
    port: Type.Integer({
      default: 3000,
      minimum: 0,
      maximum: 65_535,
      description: 'TCP port; 0 picks a free one.',
    }),
    workers: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: 256,
      description:
        'Processes that `latchkey serve` runs, all on this port: at most one for each core ([several processes](operations.md#several-processes)). `latchkey.listen()` serves by itself.',
    }),
    publicUrl: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Where people reach this server, as an http or https URL. Links in mails and checks of redirects use this and never the `Host` header. Follows host and port when unset.',
      }),
    ),
    trustProxy: Type.Union([Type.Boolean(), Type.String(), Type.Array(Type.String())], {
      default: false,
      description:
        'Which peers may say who the client is in `X-Forwarded-For`: their addresses or networks (CIDR), or `true` for any. `false` ignores the header.',
    }),
    cors: Cors,
    tls: Type.Optional(Tls),
    ...connectionLimits,
  },
  { additionalProperties: false, default: {} },
)
