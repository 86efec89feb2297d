/** Where a client keeps the token of its session: in a cookie of your server's, in a keychain, where you like. */
export interface TokenStorage {
  get(): string | null | Promise<string | null>
  /** @param token null: forget it */
  set(token: string | null): void | Promise<void>
}

/** What `webStorage` needs of `localStorage` and `sessionStorage`. */
export interface WebStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** Keeps the token as long as the program or the page lives. */
export function memoryStorage(token: string | null = null): TokenStorage {
  let kept = token
  return {
    get: () => kept,
    set: (next) => {
      kept = next
    },
  }
}

/**
 * Keeps nothing: the session is in a cookie that the server sets at login and no script can read (`tokens.cookie`). The
 * browser keeps it, and sends it along.
 */
export function cookieStorage(): TokenStorage {
  return { get: () => null, set: () => {} }
}

/** Keeps the token in `localStorage` or `sessionStorage`, where every script of the page's origin can read it. */
export function webStorage(storage: WebStorage, key = 'latchkey.token'): TokenStorage {
  return {
    get: () => storage.getItem(key),
    set: (token) => (token === null ? storage.removeItem(key) : storage.setItem(key, token)),
  }
}
