/** One difference between the three: what each does, why we do otherwise by default, and what LoopBack's way risks. */
export interface Difference<Value = unknown> {
  readonly documented: Value
  readonly loopback3: Value
  readonly loopback2: Value
  readonly reason: string
  /** Set where a LoopBack mode weakens security. */
  readonly risk?: string
}

/** Keeps the values of a row apart: without it they would all be texts. */
export function difference<Value>(row: Difference<Value>): Difference<Value> {
  return row
}
