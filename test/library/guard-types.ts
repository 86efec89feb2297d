import { createServer } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import type { Guarded, Identity, Latchkey, UserView } from '../../src/index.ts'

/*
 * What the compiler says about an application's guarded routes. Nothing here runs: `npm run check` is the test, and
 * fails where a line below `@ts-expect-error` is no error.
 */

declare global {
  namespace Express {
    interface Request extends Guarded {}
  }
}
declare module 'fastify' {
  interface FastifyRequest extends Guarded {}
}
declare module 'node:http' {
  interface IncomingMessage extends Guarded {}
}

/** Passes a value of exactly this type on, for a compiler that would let a wider one through. */
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
function isTrue<_Claim extends true>(): void {}

export function users({ guards }: Latchkey): void {
  express().get('/', guards.express(), ({ user, auth }, response) => {
    isTrue<Same<typeof user, UserView>>()
    isTrue<Same<typeof auth, Identity>>()
    response.json([user.email.toUpperCase(), auth.roles.length])
  })
  fastify().get('/', { preHandler: guards.fastify() }, async ({ user, auth }) => {
    isTrue<Same<typeof user, UserView>>()
    isTrue<Same<typeof auth, Identity>>()
  })
  createServer((request, response) => {
    guards.express()(request, response, () => isTrue<Same<typeof request.user, UserView>>())
  })
}

export function fetched({ guards }: Latchkey) {
  const route = guards.fetch((_request, { user }, { params }: { params: Promise<{ id: string }> }) => {
    isTrue<Same<typeof user, UserView>>()
    return Response.json([user.email, params])
  })
  const request = new Request('http://localhost/')
  // @ts-expect-error the host hands over the parameters as well
  void route(request)
  return route(request, { params: Promise.resolve({ id: '7' }) })
}

export function demands({ guards }: Latchkey, configured: string, several: readonly string[]): void {
  guards.express({ role: 'admin', scope: 'orders' })
  guards.fastify({ role: ['admin', 'clerk'] })
  guards.express({ role: configured })
  guards.fetch(() => new Response(), { role: several })
  // @ts-expect-error whose a thing is only the route knows
  guards.express({ role: '$owner' })
  // @ts-expect-error among others too
  guards.fastify({ role: ['admin', '$authenticated'] })
  // @ts-expect-error in every host
  guards.fetch(() => new Response(), { role: '$everyone' })
  // @ts-expect-error no such demand
  guards.express({ roles: 'admin' })
}
