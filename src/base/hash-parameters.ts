/** What a hash of Argon2id costs. */
export interface HashParameters {
  /** KiB of memory. */
  readonly memoryCost: number
  /** Passes over it. */
  readonly timeCost: number
  /** Lanes. */
  readonly parallelism: number
}

/** The least OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB, two passes, one lane. */
export const weakestParameters: HashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
