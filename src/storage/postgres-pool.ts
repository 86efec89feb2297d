import { setTimeout as pause } from 'node:timers/promises'
import { LatchkeyError } from '../base/errors.ts'
import { lastStepMs } from '../base/request-scope.ts'
import type { Link } from './postgres-link.ts'

/**
 * A few connections, opened as they are needed. Who wants one says by when they want to have been served, on the monotonic
 * clock: with less than a second left they do not queue up.
 */
export interface Pool {
  /** Lends a connection that others use at the same time: for what is short, and waits for nobody. */
  share<T>(work: (link: Link) => Promise<T>, by: number): Promise<T>
  /** Lends a connection that nobody else uses meanwhile. */
  alone<T>(work: (link: Link) => Promise<T>, by: number): Promise<T>
  /** The same, to be given back by disposing of it. */
  borrow(by: number): Promise<Loan>
  /** Waits for what is under way, and closes all connections. */
  close(): Promise<void>
}

export interface Loan extends Disposable {
  readonly link: Link
}

export interface PoolOptions {
  readonly open: (onEnd: (wasSilent: boolean) => void) => Promise<Link>
  readonly size: number
  /** How many of them always stay to be shared. */
  readonly shared: number
  /**
   * Whether a statement may be sent before the one ahead of it on the connection is answered. A pooler may hand the two to
   * different servers, and the answers to different clients.
   */
  readonly isPipelined: boolean
  /** Longest wait for a connection. */
  readonly waitMs: number
  /** After so long without work a connection is closed. */
  readonly idleMs: number
}

interface Member {
  readonly link: Link
  isTaken: boolean
  idleSince: number
}

interface Guest {
  readonly isAlone: boolean
  /** Sends its first statement at once: a moment later the connection may be somebody's own. */
  readonly start: (member: Member) => void
  readonly reject: (error: unknown) => void
}

/** So many statements under way on each connection are worth another one. */
const busyPipeline = 16

/** A server that had no more connections to give is not asked again for a while. */
const restMs = 1_000

function isIdle({ isTaken, link }: Member): boolean {
  return !isTaken && link.waiting === 0
}

export function createPool({ open, size, shared, isPipelined, waitMs, idleMs }: PoolOptions): Pool {
  const busy = isPipelined ? busyPipeline : 1
  const members = new Set<Member>()
  const queue: Guest[] = []
  let opening = 0
  let growAgainAt = 0
  let isClosing = false
  const sweeper = setInterval(sweep, idleMs / 2)
  sweeper.unref()

  function grow(): void {
    opening++
    const state: { member?: Member } = {}
    const forget = (wasSilent: boolean) => {
      if (!state.member) return
      members.delete(state.member)
      // Where one heard nothing, the others lead to the same server: nobody new shall wait as long to find that out.
      if (wasSilent) for (const { link } of [...members].filter(isIdle)) link.cut()
      if (opening === 0 && queue.length > 0) serve()
    }
    open(forget).then(
      (link) => {
        opening--
        if (isClosing) return void link.end().catch(() => {})
        if (link.isLost) return fail(new LatchkeyError('DATABASE_UNAVAILABLE', { retryAfter: 1 }))
        state.member = { link, isTaken: false, idleSince: performance.now() }
        members.add(state.member)
        serve()
      },
      (error: unknown) => {
        opening--
        fail(error)
      },
    )
  }

  function fail(error: unknown): void {
    growAgainAt = performance.now() + restMs
    // Whoever could use those that are open goes on waiting for one of them.
    if (members.size === 0) for (const { reject } of queue.splice(0)) reject(error)
    else serve()
  }

  /** The least busy of those that are free, if it may be lent so. */
  function pick(isAlone: boolean): Member | undefined {
    const free = [...members].filter((member) => (isPipelined ? !member.isTaken : isIdle(member)))
    const [best] = free.sort((one, other) => one.link.waiting - other.link.waiting)
    if (!best || !isAlone) return best
    const taken = [...members].filter(({ isTaken }) => isTaken).length
    return taken < size - shared ? best : undefined
  }

  function serve(): void {
    for (const guest of [...queue]) {
      const member = pick(guest.isAlone)
      const mayGrow = members.size === 0 || performance.now() >= growAgainAt
      const hasRoom = members.size + opening < size && mayGrow
      // One's own connection had better not be one that others wait on.
      const isWanted = !member || member.link.waiting >= (guest.isAlone ? 1 : busy)
      if (isWanted && hasRoom && opening < queue.length && !isClosing) grow()
      if (!member || (guest.isAlone && isWanted && opening > 0)) continue
      queue.splice(queue.indexOf(guest), 1)
      member.isTaken = guest.isAlone
      guest.start(member)
    }
  }

  function queueUp<T>(isAlone: boolean, by: number, start: (member: Member) => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const leftMs = by - lastStepMs - performance.now()
      const guest: Guest = {
        isAlone,
        start: (member) => {
          clearTimeout(clock)
          resolve(start(member))
        },
        reject: (error) => {
          clearTimeout(clock)
          reject(error)
        },
      }
      const clock = setTimeout(
        () => {
          queue.splice(queue.indexOf(guest), 1)
          const name = members.size > 0 ? 'DATABASE_BUSY' : 'DATABASE_UNAVAILABLE'
          reject(new LatchkeyError(name, { retryAfter: 1 }))
        },
        Math.max(0, Math.min(waitMs, leftMs)),
      )
      queue.push(guest)
      serve()
    })
  }

  function use<T>(member: Member, work: (link: Link) => Promise<T>): Promise<T> {
    const { link } = member
    member.idleSince = performance.now()
    const answer = work(link)
    // Where statements go out one at a time, the next one waits for this.
    if (!isPipelined) void link.settled().then(() => queue.length > 0 && serve())
    return answer
  }

  async function giveBack(member: Member): Promise<void> {
    // Something may be under way that nobody waits for any more.
    if (member.link.waiting > 0) await member.link.settled()
    member.isTaken = false
    member.idleSince = performance.now()
    if (queue.length > 0) serve()
  }

  function sweep(): void {
    const latest = performance.now() - idleMs
    for (const member of members) {
      if (isIdle(member) && member.idleSince < latest) void member.link.end().catch(() => {})
    }
  }

  async function alone<T>(work: (link: Link) => Promise<T>, by: number): Promise<T> {
    using loan = await borrow(by)
    return await work(loan.link)
  }

  function borrow(by: number): Promise<Loan> {
    return queueUp(true, by, (member) => ({
      link: member.link,
      [Symbol.dispose]: () => void giveBack(member),
    }))
  }

  /** Bounded by the longest wait for an answer: whatever never comes ends its connection. */
  async function drained(): Promise<void> {
    const isBusy = () =>
      queue.length > 0 || [...members].some(({ isTaken, link }) => isTaken || link.waiting > 0)
    const deadline = performance.now() + waitMs
    while (isBusy() && performance.now() < deadline) await pause(5)
  }

  return {
    share(work, by) {
      const member = pick(false)
      if (!member || member.link.waiting >= busy) return queueUp(false, by, (found) => use(found, work))
      return use(member, work)
    },
    alone,
    borrow,
    async close() {
      await drained()
      isClosing = true
      clearInterval(sweeper)
      await Promise.all([...members].map(({ link }) => link.end().catch(() => {})))
    },
  }
}
