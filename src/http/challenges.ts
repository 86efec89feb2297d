/** What `WWW-Authenticate` says (RFC 6750 section 3). */
export const challenges = {
  /** No token came. */
  missing: 'Bearer',
  /** One came that nobody knows, or that has expired. */
  invalid: 'Bearer error="invalid_token"',
  /** One came that is for something else. */
  scope: 'Bearer error="insufficient_scope"',
} as const
