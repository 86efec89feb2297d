import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { LatchkeyOptions } from '../../src/index.ts'
import type { House } from '../open-house.ts'

/** Waits until a line is logged. */
export async function logged(house: House, message: string): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!house.logs.some((line) => line.message === message)) {
    assert.ok(performance.now() < deadline, `not logged: ${message}`)
    await pause(10)
  }
}

export interface Message {
  /** Of the envelope, as the recipients are. */
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

/** A mail server of its own for one test, without encryption. */
export async function openMailServer(options: SMTPServerOptions = {}) {
  const messages: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, { envelope }, callback) {
      text(stream).then((content) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        const message = { from, to: envelope.rcptTo.map(({ address }) => address), text: content }
        const waiter = waiting.shift()
        if (waiter) waiter(message)
        else messages.push(message)
        callback()
      }, callback)
    },
    ...options,
  })
  server.on('error', () => {})
  const calls = new Set<Socket>()
  server.server.on('connection', (socket: Socket) => {
    calls.add(socket)
    socket.on('error', () => {}).on('close', () => calls.delete(socket))
  })
  const port = await listen(server.listen(0, '127.0.0.1'))
  const hangUp = () => {
    for (const socket of calls) socket.destroy()
  }
  return {
    port,
    /** Ends all calls. */
    hangUp,
    /** How many messages nobody has asked for yet. */
    waiting: () => messages.length,
    /** The next message, once it is there. */
    next: async (): Promise<Message> =>
      messages.shift() ?? soon(new Promise<Message>((resolve) => void waiting.push(resolve))),
    async [Symbol.asyncDispose]() {
      hangUp()
      await new Promise<void>((resolve) => void server.close(resolve))
    },
  }
}

/** A server that takes calls and never says a word. */
export async function openSilentServer() {
  const calls: Socket[] = []
  const server = createServer((socket) => void calls.push(socket.on('error', () => {})))
  const port = await listen(server.listen(0, '127.0.0.1'))
  const hangUp = () => {
    server.close()
    for (const socket of calls) socket.destroy()
  }
  return {
    port,
    nextCall: () => soon(once(server, 'connection')),
    /** Ends all calls, and takes no more. */
    hangUp,
    [Symbol.dispose]: hangUp,
  }
}

export async function unusedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server.listen(0, '127.0.0.1'))
  server.close()
  return port
}

async function listen(server: Server): Promise<number> {
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export function mailTo({ port }: { readonly port: number }): NonNullable<LatchkeyOptions['mail']> {
  return { url: `smtp://127.0.0.1:${port}`, from: 'accounts@example.com' }
}

/** What has not come after so long will not come; the test shall fail then, and not hang. */
export async function soon<T>(event: Promise<T>): Promise<T> {
  const late = pause(20_000, undefined, { ref: false }).then(() => assert.fail('nothing came'))
  return Promise.race([event, late])
}
