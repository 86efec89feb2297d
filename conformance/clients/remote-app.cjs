'use strict'

/**
 * A LoopBack 3 application whose user model lives elsewhere, reached by loopback-connector-remote. It prints what its
 * calls come to, a line each. Usage: node remote-app.cjs URL
 */
const loopback = require('loopback')

const app = loopback({ localRegistry: true, loadBuiltinModels: true })
const remote = app.dataSource('remote', {
  connector: require('loopback-connector-remote'),
  url: process.argv[2],
})
const User = app.registry.createModel({ name: 'User', base: 'User' })
for (const model of [User, app.registry.getModel('AccessToken')]) app.model(model, { dataSource: 'remote' })

const newcomer = { email: 'new@example.com', password: 'opensesame', username: 'new' }
const calls = {
  create: () => User.create(newcomer),
  'create again': () => User.create(newcomer),
  'login with a wrong password': () => User.login({ ...newcomer, password: 'wrong' }, ''),
  login: async () => {
    const token = await User.login({ email: newcomer.email, password: newcomer.password }, 'user')
    remote.connector.remotes.auth = { accessToken: token }
    return token
  },
  findById: () => User.findById(2),
  'find without permission': () => User.find({ where: { username: 'new' } }),
  'login as administrator': async () => {
    const token = await User.login({ email: 'root@example.com', password: 'opensesame' }, '')
    remote.connector.remotes.auth = { accessToken: token }
    return token
  },
  'find with a filter': () => User.find({ where: { username: 'new' }, fields: ['id', 'email'], limit: 1 }),
  'find with an or': () =>
    User.find({ where: { or: [{ id: 1 }, { email: { like: 'new' } }] }, order: 'id DESC' }),
  findOne: () => User.findOne({ where: { email: newcomer.email } }),
  'findById of nobody': () => User.findById(99),
  count: () => User.count({ username: 'new' }),
  exists: () => User.exists(2),
  'update attributes': async () => (await User.findById(2)).updateAttributes({ age: 31 }),
  'replace or create': () => User.replaceOrCreate({ id: 2, ...newcomer, city: 'Bern' }),
  'patch or create': () => User.patchOrCreate({ id: 2, age: 32 }),
  'update all': () => User.updateAll({ id: 2 }, { age: 33 }),
  logout: () => User.logout(),
  'find after the logout': () => User.find({}),
}

async function main() {
  for (const [name, call] of Object.entries(calls)) {
    const outcome = await Promise.resolve()
      .then(call)
      .then(
        (value) => ({ value }),
        ({ statusCode, name: kind, code, message, details }) => ({
          error: { statusCode, name: kind, code, message, details },
        }),
      )
    console.log(JSON.stringify({ call: name, ...outcome }))
  }
}

main().then(() => process.exit())
