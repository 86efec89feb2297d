import connect from 'connect'
import { createLatchkey, type Guarded } from 'latchkey'

declare module 'node:http' {
  interface IncomingMessage extends Guarded {}
}

const latchkey = await createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })

const app = connect()
app.use(latchkey.handler) // the API, at /api/users
app.use('/orders', latchkey.guards.express())
app.use('/orders', (request, response) => {
  response.end(JSON.stringify({ ordersOf: request.user.email }))
})

const server = app.listen(3000, () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  void latchkey.close()
})
