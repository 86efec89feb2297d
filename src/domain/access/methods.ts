import { resetPasswordScope } from '../model/access-token.ts'

export type AccessType = 'READ' | 'WRITE' | 'EXECUTE'

export interface Method {
  readonly accessType: AccessType
  /** Other names LoopBack's documentation gives it. Rules that use them have no effect, there as here. */
  readonly aliases?: readonly string[]
  /** What LoopBack 2 calls it; there today's name is one of the aliases. */
  readonly loopback2?: string
  /** What a token must be for; without it, an ordinary token. */
  readonly scope?: string
}

/** The methods of LoopBack's User by the names LoopBack 3 and access rules know them by. */
export const methods = {
  create: { accessType: 'WRITE' },
  find: { accessType: 'READ' },
  findOne: { accessType: 'READ' },
  findById: { accessType: 'READ' },
  exists: { accessType: 'READ' },
  count: { accessType: 'READ' },
  patchOrCreate: { accessType: 'WRITE', aliases: ['upsert', 'updateOrCreate'], loopback2: 'upsert' },
  replaceOrCreate: { accessType: 'WRITE' },
  upsertWithWhere: { accessType: 'WRITE', aliases: ['patchOrCreateWithWhere'] },
  updateAll: { accessType: 'WRITE', aliases: ['update'] },
  patchAttributes: { accessType: 'WRITE', aliases: ['updateAttributes'], loopback2: 'updateAttributes' },
  replaceById: { accessType: 'WRITE' },
  deleteById: { accessType: 'WRITE', aliases: ['destroyById', 'removeById'] },
  createChangeStream: { accessType: 'READ' },
  login: { accessType: 'EXECUTE' },
  logout: { accessType: 'EXECUTE' },
  confirm: { accessType: 'READ' },
  verify: { accessType: 'EXECUTE' },
  requestVerification: { accessType: 'EXECUTE' },
  undoEmailChange: { accessType: 'EXECUTE' },
  resetPassword: { accessType: 'EXECUTE' },
  changePassword: { accessType: 'EXECUTE' },
  setPassword: { accessType: 'EXECUTE', scope: resetPasswordScope },
  findMe: { accessType: 'READ' },
  findSessions: { accessType: 'READ' },
  deleteSession: { accessType: 'WRITE' },
  deleteSessions: { accessType: 'WRITE' },
  __get__accessTokens: { accessType: 'READ' },
  __count__accessTokens: { accessType: 'READ' },
  __findById__accessTokens: { accessType: 'READ' },
  __create__accessTokens: { accessType: 'WRITE' },
  __updateById__accessTokens: { accessType: 'WRITE' },
  __delete__accessTokens: { accessType: 'WRITE' },
  __destroyById__accessTokens: { accessType: 'WRITE' },
} as const satisfies Record<string, Method>

export type MethodName = keyof typeof methods

export const methodNames = Object.keys(methods) as MethodName[]

/** Whose names rules use: LoopBack 3's, or LoopBack 2's where they differ. */
export type MethodNaming = 'loopback3' | 'loopback2'

/** The one name by which rules know a method. */
export function ruleNameOf(method: MethodName, naming: MethodNaming): string {
  const { loopback2 = method }: Method = methods[method]
  return naming === 'loopback2' ? loopback2 : method
}

/** The method that one of its names means; undefined where there is none. */
export function methodCalled(name: string): MethodName | undefined {
  return methodNames.find((method) => method === name || (methods[method] as Method).aliases?.includes(name))
}
