import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Person, Scenario, UserSettings } from './case.ts'

/** What a host is asked to serve. */
export interface Opening {
  readonly compatibility: string
  readonly user: UserSettings
  readonly model?: Scenario['model']
  readonly people: readonly Person[]
}

/** A server for one scenario, in the process of its host. */
export interface Server {
  readonly port: number
  /** Tokens of the letters of a kind so far, oldest first. */
  letters(kind: string): Promise<readonly string[]>
  close(): Promise<void>
}

/** A child process in which one program serves as many scenarios as it is asked to, each on a port of its own. */
export interface Host {
  readonly name: string
  open(opening: Opening): Promise<Server>
  /** How often its process died so far. */
  deaths(): number
  stop(): void
}

interface Reply {
  readonly id: number
  readonly error?: string
  readonly value?: unknown
}

const folder = join(import.meta.dirname, '..', 'hosts')

/** The real LoopBack: `loopback` is version 3, `loopback2` version 2. */
export const startLoopBack = (version: string): Host =>
  startHost(version, 'loopback.cjs', [version === 'loopback3' ? 'loopback' : version])

export const startLatchkey = (): Host => startHost('latchkey', 'latchkey.ts', [])

/** Starts when first asked for something, and again if it has died since. */
function startHost(name: string, file: string, args: readonly string[]): Host {
  let child: ChildProcess | undefined
  let last = 0
  let deaths = 0
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()

  function start(): ChildProcess {
    const errors = process.env.HOST_ERRORS ? 'inherit' : 'ignore'
    const started = fork(join(folder, file), args, { stdio: ['ignore', 'ignore', errors, 'ipc'] })
    started.on('message', ({ id, error, value }: Reply) => {
      const caller = waiting.get(id)
      waiting.delete(id)
      if (error === undefined) caller?.resolve(value)
      else caller?.reject(new Error(error))
    })
    started.on('exit', () => bury(started))
    started.on('disconnect', () => bury(started))
    return started
  }

  function bury(dead: ChildProcess): void {
    if (child !== dead) return
    child = undefined
    deaths++
    for (const { reject } of waiting.values()) reject(new Error(`${name} died`))
    waiting.clear()
  }

  function call(operation: string, argument: unknown): Promise<unknown> {
    child ??= start()
    const asked = child
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const id = ++last
    waiting.set(id, { resolve, reject })
    asked.send({ id, operation, argument }, (error) => {
      if (error) bury(asked)
    })
    return promise
  }

  return {
    name,
    async open(opening) {
      const port = (await call('open', opening)) as number
      return {
        port,
        letters: (kind) => call('letters', { port, kind }).catch(() => []) as Promise<readonly string[]>,
        close: async () => void (await call('close', { port }).catch(() => {})),
      }
    },
    deaths: () => deaths,
    stop() {
      const living = child
      child = undefined
      living?.kill()
    },
  }
}
