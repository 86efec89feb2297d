import type { Awaitable } from '../base/awaitable.ts'
import { isRefusal } from '../base/errors.ts'

/** How a connection is told to begin, mark, keep and undo. */
export interface Commands {
  /**
   * Takes the write lock, waiting for it if need be.
   * @param by when the first who needs it gives up, on the monotonic clock; asked again, for more may come meanwhile
   * @param durable whether the commit must be on the disk before anybody is answered
   */
  begin(by: () => number, durable: boolean): Awaitable<void>
  exec(sql: string): void
  /** Told right after each commit, before anybody is answered. */
  committed(): void
}

/** Queues transactions of one connection and lets those that wait share a commit. */
export interface GroupCommit {
  /**
   * Resolves with the work's result once it is on the disk; rejects, and undoes just this work, when it throws.
   * @param durable false: it need not be on the disk, and is not unless others in its group want to be
   */
  run<T>(work: () => Promise<T>, durable?: boolean): Promise<T>
  /** Resolves when nothing waits. */
  drained(): Promise<void>
}

interface Unit {
  readonly work: () => Promise<unknown>
  /** When whoever asked gives up. */
  readonly by: number
  readonly durable: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Most transactions that share a commit; more would make the first wait too long. */
const largestGroup = 64

/**
 * Commits in groups: a commit costs a flush to the disk, whether it holds one transaction or fifty. Those that arrive
 * in one turn of the event loop share one, each behind a savepoint of its own, and are answered after it.
 * @param by when whoever asks now gives up, on the monotonic clock
 */
export function createGroupCommit({ begin, exec, committed }: Commands, by: () => number): GroupCommit {
  const queue: Unit[] = []
  let flushing: Promise<void> | undefined

  async function flush(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (queue.length > 0) await commit(queue.splice(0, largestGroup))
    flushing = undefined
  }

  /** Refuses whoever has waited in vain, in whichever group, and lets the others wait on. */
  function giveUp(units: readonly Unit[], error: unknown): void {
    if (!isRefusal(error, 'DATABASE_BUSY')) {
      for (const { reject } of units) reject(error)
      return
    }
    const now = performance.now()
    for (const unit of [...units, ...queue.splice(0)]) {
      if (unit.by > now) queue.push(unit)
      else unit.reject(error)
    }
  }

  async function commit(units: readonly Unit[]): Promise<void> {
    const settle: (() => void)[] = []
    try {
      // Whoever has waited behind others has waited as well.
      await begin(
        () => earliestOf(units, queue),
        units.some(({ durable }) => durable),
      )
    } catch (error) {
      giveUp(units, error)
      return
    }
    try {
      for (const { work, resolve, reject } of units) {
        exec('SAVEPOINT unit')
        try {
          const result = await work()
          settle.push(() => resolve(result))
        } catch (error) {
          settle.push(() => reject(error))
          undoUnit(error)
        }
        exec('RELEASE unit')
      }
      exec('COMMIT')
    } catch (error) {
      undo()
      for (const { reject } of units) reject(error)
      return
    }
    committed()
    for (const answer of settle) answer()
  }

  /** Where SQLite has rolled back everything by itself, the reason is what all shall hear. */
  function undoUnit(reason: unknown): void {
    try {
      exec('ROLLBACK TO unit')
    } catch {
      throw reason
    }
  }

  function undo(): void {
    try {
      exec('ROLLBACK')
    } catch {
      // A full disk makes SQLite roll back by itself; then there is nothing left to undo.
    }
  }

  return {
    run<T>(work: () => Promise<T>, durable = true): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, by: by(), durable, resolve: resolve as Unit['resolve'], reject })
        flushing ??= flush()
      })
    },
    async drained() {
      while (flushing) await flushing
    },
  }
}

function earliestOf(...groups: readonly (readonly Unit[])[]): number {
  return groups.flat().reduce((earliest, { by }) => Math.min(earliest, by), Number.POSITIVE_INFINITY)
}
