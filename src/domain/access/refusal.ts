import { LatchkeyError } from '../../base/errors.ts'
import type { UserSettings } from '../../config/settings.ts'

/**
 * How somebody whom the rules do not let in is told so: LoopBack's `aclErrorStatus`.
 * @param owner the id, as text, of the user the method acts on
 */
export function refusalOf(
  { aclErrorStatus, modelName }: Pick<UserSettings, 'aclErrorStatus' | 'modelName'>,
  isKnown: boolean,
  owner: string | undefined,
): LatchkeyError {
  if (!isKnown || aclErrorStatus === 401) return new LatchkeyError('AUTHORIZATION_REQUIRED')
  if (aclErrorStatus === 403) return new LatchkeyError('ACCESS_DENIED')
  return new LatchkeyError('MODEL_HIDDEN', { values: [modelName, owner] })
}
