import { createLatchkey, type Latchkey } from 'latchkey'

// Next reads a module once for every route, and again when a file changes: they share what the first one opened.
const shared = globalThis as typeof globalThis & { accounts?: Promise<Latchkey> }

/** Opened by the first request, because `next build` reads this module too. */
export function accounts(): Promise<Latchkey> {
  shared.accounts ??= createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })
  return shared.accounts
}
