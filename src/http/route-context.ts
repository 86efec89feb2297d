import type { Log } from '../base/log.ts'
import type { Settings } from '../config/settings.ts'
import type { Service } from '../domain/service.ts'

/** What a route is handed. */
export interface RouteContext {
  readonly service: Service
  readonly settings: Settings
  readonly log: Log
}
