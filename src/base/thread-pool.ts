import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/**
 * Lets the threads that hash passwords yield to the one that answers requests, where the system allows (Linux):
 * reads stay quick during a storm of logins, and hashing still gets every idle cycle. The threads must have been
 * started, which the first hash does. Elsewhere nothing happens.
 */
export function calmThreadPool(): void {
  if (process.platform !== 'linux') return
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim()
      if (name === 'libuv-worker') setPriority(Number(thread), 10)
    }
  } catch {
    // A sandbox may hide /proc or forbid the call; hashing is then merely as important as the rest.
  }
}
