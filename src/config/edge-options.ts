import { Type } from 'typebox'

/*
 * The options under `server` that say who gets to it, how, and for how long.
 */

export const Cors = Type.Object(
  {
    origins: Type.Array(Type.String(), {
      default: [],
      description:
        'Origins whose pages may call the API from a browser, such as `https://app.example.com`, each spelled out: there is no wildcard. Empty, pages of other origins are kept out (CORS is off).',
    }),
  },
  { additionalProperties: false, default: {} },
)

export const Tls = Type.Object(
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

export const connectionLimits = {
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
      'Seconds a client has for a whole request; then it is 408. A connection on which nothing moves for so long is cut, so that one who does not read holds nothing up.',
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
