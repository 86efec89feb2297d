/** The headers a client can depend on. What is not here, such as `Date` or `X-Powered-By`, may differ. */
export const comparedHeaders = [
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'allow',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-type',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'vary',
  'www-authenticate',
  'x-content-type-options',
] as const

/** Where LoopBack does not send these, nobody can miss them: they only tell clients and caches to be careful. */
export const mayBeAdded: readonly string[] = ['vary', 'www-authenticate', 'x-content-type-options']

/** These say something only in answers to pages of another origin. */
export const crossOriginHeaders = /^access-control-/

export type ComparedHeader = (typeof comparedHeaders)[number]
