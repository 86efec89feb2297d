import type { Log } from '../base/log.ts'
import type { RequestScope } from '../base/request-scope.ts'
import type { Settings } from '../config/settings.ts'
import type { Service } from '../domain/service.ts'
import type { AddressOf } from './client-address.ts'
import type { UrlTokenCount } from './token-in-url.ts'

/** What a route is handed. */
export interface RouteContext {
  readonly service: Service
  readonly settings: Settings
  readonly log: Log
  /** The address of whoever sent a request. */
  readonly addressOf: AddressOf
  readonly clock: () => Date
  readonly tokensInUrls: UrlTokenCount
  /** Where people reach us, without a slash at the end. */
  readonly publicUrl: () => string
  /** Which request everything happens for. */
  readonly requests: RequestScope
}

/**
 * For GET of a fixed name: to LoopBack's HEAD the name is an id. So a HEAD confirms no address either; scanners of mail
 * send them.
 */
export const fixedName = { exposeHeadRoute: false } as const
