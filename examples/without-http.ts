import { createLatchkey, LatchkeyError } from 'latchkey'

const latchkey = await createLatchkey({ user: { properties: { plan: 'string', joined: 'date' } } })
const { users } = latchkey

const { id } = await users.create({ email: 'foo@bar.com', password: 'bar', plan: 'free', joined: new Date() })
const session = await users.login({ email: 'foo@bar.com', password: 'bar' })
console.log(await users.findById(session.userId, { fields: ['plan'] })) // { plan: 'free' }

await users.patchAttributes(id, { plan: 'pro' })
for await (const page of users.find({ where: { plan: 'pro', joined: { gt: new Date(0) } } })) {
  for (const user of page) console.log(user.email) // foo@bar.com
}
try {
  await users.create({ email: 'foo@bar.com', password: 'bar' })
} catch (error) {
  if (error instanceof LatchkeyError) console.log(error.code) // VALIDATION_FAILED
}
await users.logout(session.id)
await latchkey.close()
