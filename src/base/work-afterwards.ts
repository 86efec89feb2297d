import type { Log } from './log.ts'

/** Work that goes on after an answer, known so that closing can wait for it. */
export interface WorkAfterwards {
  /** Begins a piece of work, whose failure is logged. */
  start(work: () => Promise<unknown>): void
  /** Resolves once there is none, also of what was begun meanwhile. */
  finished(): Promise<void>
}

export function trackWork(log: Log): WorkAfterwards {
  const pending = new Set<Promise<void>>()

  async function track(work: () => Promise<unknown>): Promise<void> {
    const running = Promise.resolve()
      .then(work)
      .then(
        () => {},
        (error: unknown) => log.error({ error }, 'work after an answer failed'),
      )
    pending.add(running)
    await running
    pending.delete(running)
  }

  return {
    start: (work) => void track(work),
    async finished() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}
