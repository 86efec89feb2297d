/**
 * What is there, or will be. A database in this process answers at once; to wait for what is there already would cost a
 * read of one row some six percent.
 */
export type Awaitable<T> = T | Promise<T>

/** Goes on with what is there, at once if it is. */
export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
