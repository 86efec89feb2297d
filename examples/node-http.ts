import { createServer } from 'node:http'
import { createLatchkey, type Guarded } from 'latchkey'

declare module 'node:http' {
  interface IncomingMessage extends Guarded {}
}

const latchkey = await createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })
const guard = latchkey.guards.express()

const server = createServer((request, response) => {
  // What is not part of the API comes back to us; without the third argument it gets 404.
  latchkey.handler(request, response, async () => {
    if (request.url === '/orders') {
      guard(request, response, () => response.end(`orders of ${request.user.email}\n`))
    } else {
      const identity = await latchkey.identify(request).catch(() => undefined)
      response.end(`hello, ${identity?.user.email ?? 'stranger'}\n`)
    }
  })
})

server.listen(3000, () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  void latchkey.close()
})
