import { resetPasswordScope } from '../model/access-token.ts'

export type AccessType = 'READ' | 'WRITE' | 'EXECUTE'

export interface Method {
  readonly accessType: AccessType
  /** Other names LoopBack's documentation gives it. Rules that use them have no effect, there as here. */
  readonly aliases?: readonly string[]
  /** The method acts on one user, whose owner a rule can speak of. */
  readonly onOneUser?: boolean
  /** What a token must be for; without it, an ordinary token. */
  readonly scope?: string
}

/** The methods of LoopBack's User by the names access rules know them by. */
export const methods = {
  create: { accessType: 'WRITE' },
  find: { accessType: 'READ' },
  findOne: { accessType: 'READ' },
  findById: { accessType: 'READ', onOneUser: true },
  exists: { accessType: 'READ', onOneUser: true },
  count: { accessType: 'READ' },
  patchOrCreate: { accessType: 'WRITE', aliases: ['upsert', 'updateOrCreate'], onOneUser: true },
  patchAttributes: { accessType: 'WRITE', aliases: ['updateAttributes'], onOneUser: true },
  replaceById: { accessType: 'WRITE', onOneUser: true },
  deleteById: { accessType: 'WRITE', aliases: ['destroyById', 'removeById'], onOneUser: true },
  login: { accessType: 'EXECUTE' },
  logout: { accessType: 'EXECUTE' },
  confirm: { accessType: 'READ' },
  resetPassword: { accessType: 'EXECUTE' },
  changePassword: { accessType: 'EXECUTE' },
  setPassword: { accessType: 'EXECUTE', scope: resetPasswordScope },
  __get__accessTokens: { accessType: 'READ', onOneUser: true },
  __create__accessTokens: { accessType: 'WRITE', onOneUser: true },
  __delete__accessTokens: { accessType: 'WRITE', onOneUser: true },
  __destroyById__accessTokens: { accessType: 'WRITE', onOneUser: true },
} as const satisfies Record<string, Method>

export type MethodName = keyof typeof methods

/** Methods of LoopBack's User that are not served yet: a rule about them opens and closes nothing. */
export const methodsNotServed: ReadonlySet<string> = new Set([
  'replaceOrCreate',
  'upsertWithWhere',
  'patchOrCreateWithWhere',
  'updateAll',
  'update',
  'createChangeStream',
  'verify',
  '__count__accessTokens',
  '__findById__accessTokens',
  '__updateById__accessTokens',
])
