import express from 'express'
import { createLatchkey, type Guarded } from 'latchkey'

declare global {
  namespace Express {
    interface Request extends Guarded {}
  }
}

const latchkey = await createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })

const app = express()
app.use(latchkey.handler) // the API, at /api/users; a body parser may stand before it
app.get('/orders', latchkey.guards.express(), (request, response) => {
  response.json({ ordersOf: request.user.email })
})
app.get('/accounts', latchkey.guards.express({ role: 'admin' }), async (_request, response) => {
  response.json({ accounts: await latchkey.users.count() })
})

const server = app.listen(3000, () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  void latchkey.close()
})
