'use strict'

/**
 * Serves scenarios with the LoopBack named on the command line, each as an application of its own, set up as LoopBack's
 * generators do it: REST root /api, one public model User, the memory connector, access control, CORS.
 */
const loopback = require(process.argv[2])
const answerParent = require('./answer-parent.cjs')

const isLoopBack2 = loopback.version.startsWith('2.')
const servers = new Map()

answerParent({
  async open({ user, model, people }) {
    const app = createApplication(user, model)
    for (const person of people) await createPerson(app, person)
    const server = await new Promise((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
    })
    const { port } = server.address()
    servers.set(port, { server, letters: app.letters })
    return port
  },
  letters: ({ port, kind }) => servers.get(port).letters[kind],
  close({ port }) {
    const { server } = servers.get(port)
    servers.delete(port)
    server.close()
    server.closeAllConnections()
  },
})

function createApplication(user, model) {
  const app = loopback({ localRegistry: true, loadBuiltinModels: true })
  app.letters = { reset: [], verification: [] }
  app.set('restApiRoot', '/api')
  app.set('legacyExplorer', false)
  app.set('remoting', remoting())
  app.dataSource('db', { connector: 'memory' })

  // Not settings of the model, but of the application and of another model.
  const { accessTokenIdLength, logoutSessionsOnSensitiveChanges, ...definition } = user
  app.set('logoutSessionsOnSensitiveChanges', logoutSessionsOnSensitiveChanges)
  const User = app.registry.createModel(model || { name: 'User', base: 'User', ...definition })
  app.UserModel = User
  const AccessToken = app.registry.getModel('AccessToken')
  if (accessTokenIdLength !== undefined) AccessToken.settings.accessTokenIdLength = accessTokenIdLength
  app.model(User, { dataSource: 'db', public: true })
  // Who has a user model of another name keeps LoopBack's own beside it, for the relations to it.
  const others = ['AccessToken', 'ACL', 'RoleMapping', 'Role', ...(model ? ['User'] : [])]
  for (const name of others) {
    app.model(app.registry.getModel(name), { dataSource: 'db', public: false })
  }
  catchLetters(app, User)

  app.enableAuth()
  if (!isLoopBack2) app.use(require('cors')({ origin: true, credentials: true, maxAge: 86400 }))
  app.use('/api', loopback.rest())
  app.use(loopback.urlNotFound())
  app.use(errorHandler())
  return app
}

/** As in the config.json that the generators write; version 2 there still leaves CORS and errors to LoopBack itself. */
function remoting() {
  const parsers = {
    json: { strict: false, limit: '100kb' },
    urlencoded: { extended: true, limit: '100kb' },
  }
  if (isLoopBack2) return { ...parsers, context: false, errorHandler: { disableStackTrace: true } }
  const rest = { handleErrors: false, normalizeHttpPath: false, xml: false }
  return { ...parsers, context: false, rest, cors: false }
}

function errorHandler() {
  if (isLoopBack2) return loopback.errorHandler({ includeStack: false, log: false })
  return require('strong-error-handler')({ debug: false, log: false })
}

/** Applications mail the letters themselves; this one keeps their tokens. */
function catchLetters(app, User) {
  User.on('resetPasswordRequest', ({ accessToken }) => app.letters.reset.push(accessToken.id))
  User.email = {
    send(letter, ...rest) {
      const token = /[?&]token=([0-9a-f]+)/.exec(letter.verifyHref || letter.text)
      if (token) app.letters.verification.push(token[1])
      rest.at(-1)(null, {})
    },
  }
  if (!User.settings.emailVerificationRequired) return
  User.afterRemote('create', (_context, users, next) => {
    const user = Array.isArray(users) ? users[0] : users
    if (!user) return next()
    user.verify({ type: 'email', from: 'noreply@example.com' }, next)
  })
}

async function createPerson(app, { roles = [], login, ...properties }) {
  const { Role, RoleMapping } = app.models
  const user = await app.UserModel.create(properties)
  for (const name of roles) {
    const role = (await Role.findOne({ where: { name } })) || (await Role.create({ name }))
    await role.principals.create({ principalType: RoleMapping.USER, principalId: user.id })
  }
}
