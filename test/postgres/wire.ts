import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A line to a database that fails as lines do. */
export interface Wire extends AsyncDisposable {
  readonly url: string
  /** From now on nothing comes through, and nobody is told. */
  silence(): void
  /** What was held up goes on its way. */
  mend(): void
  /** From now on the database's answers take so long. */
  delay(ms: number): void
  /**
   * Cuts the line of whoever next says something that fits, once the database has done it, and lets no answer through.
   * @param tag what the database says it has done
   */
  loseAnswerTo(pattern: RegExp, tag: string): Promise<void>
}

interface Trap {
  readonly pattern: RegExp
  readonly tag: string
  readonly done: () => void
}

/** Lays a line to where a URL leads. */
export async function openWire(url: string): Promise<Wire> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isSilent = false
  let delayMs: number | undefined
  let trap: Trap | undefined

  function join(client: Socket): void {
    const server = dial(Number(target.port), target.hostname)
    let sprung: Trap | undefined
    const relay = (from: Socket, to: Socket, meanwhile: (chunk: Buffer) => boolean) => {
      sockets.add(from)
      if (isSilent) from.pause()
      from.on('data', (chunk: Buffer) => {
        if (meanwhile(chunk)) to.write(chunk)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
    relay(client, server, (chunk) => {
      if (trap?.pattern.test(chunk.toString('latin1'))) {
        sprung = trap
        trap = undefined
      }
      return true
    })
    let before: Promise<unknown> = Promise.resolve()
    relay(server, client, (chunk) => {
      if (!sprung && delayMs === undefined) return true
      if (!sprung) {
        // Nothing overtakes what was sent before.
        before = Promise.all([before, pause(delayMs)]).then(() => client.write(chunk))
        return false
      }
      // What was asked before is answered before.
      if (!chunk.toString('latin1').includes(`${sprung.tag}\0`)) return false
      client.destroy()
      sprung.done()
      return false
    })
  }

  const front = createServer(join).listen(0, '127.0.0.1')
  await once(front, 'listening')
  const own = new URL(url)
  own.port = String((front.address() as AddressInfo).port)

  return {
    url: own.href.replaceAll('+', '%20'),
    silence() {
      isSilent = true
      for (const socket of sockets) socket.pause()
    },
    mend() {
      isSilent = false
      for (const socket of sockets) socket.resume()
    },
    delay(ms) {
      delayMs = ms
    },
    loseAnswerTo: (pattern, tag) =>
      new Promise((done) => {
        trap = { pattern, tag, done }
      }),
    async [Symbol.asyncDispose]() {
      const closed = once(front, 'close')
      front.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
