import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A connection that sends what it is told, HTTP or not. */
export interface RawConnection extends Disposable {
  readonly socket: Socket
  send(text: string): void
  /** All that came back so far. */
  received(): string
  /** Resolves once what came back fits; rejects when the connection is over before. */
  receives(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with all that came back, when the other side hangs up. */
  readonly closed: Promise<string>
}

export async function connectRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(text)))
  return {
    socket,
    send: (sent) => void socket.write(sent),
    received: () => text,
    receives: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text)
          if (found) resolve(found)
        }
        look()
        socket.on('data', look)
        void closed.then(() => reject(new Error(`hung up after ${JSON.stringify(text)}`)))
      }),
    closed,
    [Symbol.dispose]: () => void socket.destroy(),
  }
}
