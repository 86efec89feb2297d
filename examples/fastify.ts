import fastify from 'fastify'
import { createLatchkey, type Guarded } from 'latchkey'

declare module 'fastify' {
  interface FastifyRequest extends Guarded {}
}

const latchkey = await createLatchkey({ server: { publicUrl: 'http://localhost:3000' } })

const app = fastify({ routerOptions: { caseSensitive: false } })
await app.register(latchkey.plugin)
app.get('/orders', { preHandler: latchkey.guards.fastify() }, async ({ user }) => ({ ordersOf: user.email }))
app.get('/mine', { preHandler: latchkey.guards.fastify() }, async ({ auth }) =>
  // On behalf of whoever asks: the access rules decide.
  latchkey.as(auth).users.findById(auth.user.id),
)

app.addHook('onClose', () => latchkey.close())
await app.listen({ port: 3000 })
console.log('listening')
process.once('SIGTERM', () => void app.close())
