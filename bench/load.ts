import { connect, type Socket } from 'node:net'

/** One request to repeat, as it goes over the wire. */
export interface Request {
  readonly path: string
  readonly token: string
}

/**
 * Sends so many requests over so many connections, each answered before the next goes out. Bare sockets: whatever the
 * generator does costs the machine time that the subject then lacks.
 * @throws when an answer is not a 200
 */
export async function load(
  url: string,
  requests: readonly Request[],
  total: number,
  connections: number,
): Promise<void> {
  const { hostname, port } = new URL(url)
  let sent = 0
  const next = (): string | undefined => {
    if (sent >= total) return undefined
    const { path, token } = requests[sent++ % requests.length] as Request
    return `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${token}\r\n\r\n`
  }
  await Promise.all(
    Array.from({ length: connections }, () => converse(connect(Number(port), hostname), next)),
  )
}

function converse(socket: Socket, next: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ''
    const send = () => {
      const request = next()
      if (request !== undefined) return void socket.write(request)
      socket.end()
      resolve()
    }
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.once('connect', send)
    socket.once('error', reject)
    socket.on('data', (chunk: string) => {
      received += chunk
      const end = received.indexOf('\r\n\r\n')
      const length = /content-length: (\d+)/i.exec(received)?.[1]
      if (end < 0 || length === undefined || received.length < end + 4 + Number(length)) return
      if (!received.startsWith('HTTP/1.1 200')) return reject(new Error(received))
      received = ''
      send()
    })
  })
}
