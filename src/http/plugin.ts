import type { FastifyInstance, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import { addBodyParsers, largestBody } from './body.ts'
import { createCors } from './cors.ts'
import { answerLikeExpress } from './express-answers.ts'
import { identifyCaller } from './guard.ts'
import { createReading } from './reading.ts'
import { refuse } from './refuse.ts'
import { markRequests } from './request-id.ts'
import type { RouteContext } from './route-context.ts'
import { accessTokenRoutes } from './routes/access-tokens.ts'
import { accountRoutes } from './routes/account.ts'
import { changeStreamRoutes } from './routes/change-stream.ts'
import { loginRoutes } from './routes/login.ts'
import { ownRoutes } from './routes/own.ts'
import { userRoutes } from './routes/users.ts'
import { refuseUnknown } from './unknown.ts'

/** The APIs of all user models as one Fastify plugin. */
export function createPlugins(models: readonly [RouteContext, ...RouteContext[]]) {
  const [first] = models
  return async function latchkey(app: FastifyInstance): Promise<void> {
    markRequests(app, first)
    for (const model of models) await app.register(createPlugin(model))
  }
}

/** The same for somebody else's Fastify: what our own has around the models, these bring along. */
export function createGuestPlugin(models: readonly [RouteContext, ...RouteContext[]]) {
  const [{ settings }] = models
  const cors = createCors(settings)
  return async function latchkey(app: FastifyInstance): Promise<void> {
    if (cors) app.addHook('onRequest', cors.hook)
    await app.register(createPlugins(models))
  }
}

/**
 * The API of one user model as a Fastify plugin, below `rest.root` and `rest.path`. It is encapsulated: its parsers, hooks and error
 * handler stay inside, and the application around it keeps its own.
 */
function createPlugin(context: RouteContext) {
  const { behaviour, rest } = context.settings
  const { root, path } = rest

  return async function model(app: FastifyInstance): Promise<void> {
    await app.register(
      async (api) => {
        addBodyParsers(api, behaviour)
        api.addHook('onRoute', (route) => {
          route.bodyLimit = largestBody
          if (!behaviour.argumentsBeforeRules) askRulesFirst(route)
        })
        judgeRequests(api, context)
        answerLikeExpress(api, behaviour)
        ownRoutes(api, context)
        userRoutes(api, context)
        loginRoutes(api, context)
        accountRoutes(api, context)
        accessTokenRoutes(api, context)
        changeStreamRoutes(api, context)
        // A route and not a not-found handler: those know nothing of letter case, and run no hooks of ours.
        const unknown = async (request: FastifyRequest) => refuseUnknown(context, request)
        api.all('/*', unknown)
        api.route({ method: ['DELETE', 'OPTIONS'], url: '/', handler: unknown })
      },
      { prefix: `${root}${path}` },
    )
  }
}

/** Below the REST root, and beside the model, there is nothing; LoopBack looks at token and body all the same. */
export async function nothingElse(app: FastifyInstance, context: RouteContext): Promise<void> {
  const { behaviour, rest } = context.settings
  if (behaviour.unknownPaths === 'bare' || rest.root === '') return
  await app.register(
    async (beside) => {
      addBodyParsers(beside, behaviour)
      judgeRequests(beside, context)
      beside.all('/*', async (request) => refuseUnknown(context, request))
    },
    { prefix: rest.root },
  )
}

/** Every request tells who asks before its route runs, and is refused in the mode's own words. */
function judgeRequests(app: FastifyInstance, context: RouteContext): void {
  app.decorateRequest('latchkey', undefined)
  if (context.settings.tokens.cookie !== 'off') app.addHook('onSend', sendCookie)
  app.addHook('onRequest', identifyCaller(context, createReading(context.settings.behaviour)))
  app.setErrorHandler(refuse(context))
}

/** At the end, so that of one who forgets and one who keeps the last word counts. */
const sendCookie: onSendHookHandler = ({ latchkey }, reply, payload, done) => {
  if (latchkey?.newCookie !== undefined) reply.header('set-cookie', latchkey.newCookie)
  done(null, payload)
}

/** LoopBack 2 looks at arguments after the rules; ours are written down the other way round, the rules last. */
function askRulesFirst(route: RouteOptions): void {
  const checks = [route.preHandler ?? []].flat()
  route.preHandler = [...checks.slice(-1), ...checks.slice(0, -1)]
}
