import type { FastifyRequest } from 'fastify'
import { LatchkeyError } from '../base/errors.ts'
import type { RouteContext } from './route-context.ts'

/**
 * Refuses a path or verb that nothing answers, in LoopBack's words: below the model with the path relative to it, below
 * the root with the path relative to that, elsewhere as Express says it.
 * @throws {LatchkeyError} METHOD_NOT_FOUND, PATH_NOT_FOUND, PAGE_NOT_FOUND
 */
export function refuseUnknown({ settings }: Pick<RouteContext, 'settings'>, request: FastifyRequest): never {
  const { method, raw } = request
  const { root, path } = settings.rest
  const [pathname = '', ...query] = (raw.url ?? '').split('?')
  const clean = pathname.replace(/\/{2,}/g, '/')
  const search = query.length > 0 ? `?${query.join('?')}` : ''
  const below = (prefix: string) => relativeTo(prefix, clean)

  const inModel = below(`${root}${path}`)
  if (inModel !== undefined) {
    throw new LatchkeyError('METHOD_NOT_FOUND', {
      values: [settings.user.modelName, method, `${inModel}${search}`],
    })
  }
  const inRoot = root === '' ? undefined : below(root)
  if (inRoot !== undefined)
    throw new LatchkeyError('PATH_NOT_FOUND', { values: [method, `${inRoot}${search}`] })
  throw new LatchkeyError('PAGE_NOT_FOUND', { values: [method, pathname, search] })
}

/**
 * Refuses a path whose %-escapes are broken as LoopBack does: only where an id is looked for do they matter, elsewhere
 * the path leads nowhere like others.
 * @throws {LatchkeyError} METHOD_NOT_FOUND, PATH_NOT_FOUND, PAGE_NOT_FOUND
 */
export function refuseUnlessId(context: Pick<RouteContext, 'settings'>, request: FastifyRequest): void {
  const { root, path } = context.settings.rest
  const [pathname = ''] = (request.raw.url ?? '').split('?')
  const inModel = relativeTo(`${root}${path}`, pathname.replace(/\/{2,}/g, '/'))
  const mayBeId = /^\/[^/]+(?:\/(?:exists|replace|verify|accessTokens(?:\/[^/]+)?))?\/?$/i
  if (inModel === undefined || !mayBeId.test(inModel)) refuseUnknown(context, request)
}

function relativeTo(prefix: string, path: string): string | undefined {
  if (!path.toLowerCase().startsWith(prefix.toLowerCase())) return undefined
  const rest = path.slice(prefix.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? rest : undefined
}
