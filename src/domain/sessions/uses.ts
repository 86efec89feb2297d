import type { Context, Uses } from '../context.ts'
import type { TokenUse } from '../model/access-token.ts'
import { expiryOf, isSession, useStepOf } from '../model/token-life.ts'

/** Uses of tokens, written down together a moment after the first of them. */
export interface UseBook extends Uses {
  /** Writes down what waits. */
  close(): void
}

/** What waits is worth one commit, not one each. */
const delayMs = 1_000
/** Most uses that wait; a token that finds no room is written down by one of its next uses. */
const mostWaiting = 10_000
/** Few enough that no request waits long for the transaction. */
const batchSize = 100

/**
 * Keeps in mind when and from where tokens were used, and writes it down off the way of any answer: of one token once in
 * a while (`useStepOf`), of many in one commit. What a crash loses is a second's worth.
 */
export function createUseBook({
  storage,
  settings,
  afterwards,
}: Pick<Context, 'storage' | 'settings' | 'afterwards'>): UseBook {
  const waiting = new Map<string, TokenUse>()
  let timer: NodeJS.Timeout | undefined

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    if (waiting.size > 0) afterwards(writeAll)
  }

  async function writeAll(): Promise<void> {
    const uses = [...waiting.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    try {
      // In one order in every process, so that no two of them wait for each other.
      for (let start = 0; start < uses.length; start += batchSize)
        await storage.tokens.markUsed(uses.slice(start, start + batchSize))
    } finally {
      for (const use of uses) if (waiting.get(use.id) === use) waiting.delete(use.id)
    }
  }

  return {
    note(token, usedAt, visit) {
      const since = usedAt.getTime() - (token.lastUsedAt?.getTime() ?? 0)
      if (Math.abs(since) < useStepOf(token, settings) || !isSession(token)) return
      if (waiting.size >= mostWaiting && !waiting.has(token.id)) return
      const expiry = expiryOf({ ...token, lastUsedAt: usedAt }, settings, usedAt.getTime())
      const expiresAt = expiry === null ? null : new Date(expiry)
      waiting.set(token.id, { id: token.id, usedAt, expiresAt, ...visit?.() })
      timer ??= setTimeout(write, delayMs).unref()
    },

    latest(token) {
      const use = waiting.size === 0 ? undefined : waiting.get(token.id)
      if (!use) return token
      const { usedAt: lastUsedAt, address = token.address, agent = token.agent } = use
      return { ...token, lastUsedAt, address, agent }
    },

    close: write,
  }
}
