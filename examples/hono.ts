import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { createLatchkey } from 'latchkey'

const latchkey = await createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })

const orders = latchkey.guards.fetch((_request, { user }) => Response.json({ ordersOf: user.email }))

const app = new Hono()
// With the client's address, so that limits on guessing by address bind.
app.all('/api/*', (context) => latchkey.fetch(context.req.raw, getConnInfo(context).remote))
app.get('/orders', ({ req }) => orders(req.raw))

const server = serve({ fetch: app.fetch, port: 3000 }, () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  void latchkey.close()
})
