import { LatchkeyError } from '../../base/errors.ts'
import { type Method, type MethodName, methodCalled, methods } from './methods.ts'

/** Which methods are switched on or off, by LoopBack's names of them; `*` stands for any letters. */
export type Switches = Readonly<Record<string, boolean>>

/** Whether nothing shall answer at a method's path. Its own name counts before any pattern, as in LoopBack. */
export function isSwitchedOff(method: MethodName, switches: Switches): boolean {
  const { aliases = [] }: Method = methods[method]
  const own = [method, ...aliases]
    .flatMap((name) => [`prototype.${name}`, name])
    .filter((name) => Object.hasOwn(switches, name))
  if (own.length > 0) return own.some((name) => switches[name] === false)
  const fullName = isOfOneUser(method) ? `prototype.${method}` : method
  return Object.entries(switches).some(([pattern, isOn]) => !isOn && fits(pattern, fullName))
}

/** LoopBack has these on the prototype; its `replaceById` and the like are static. */
function isOfOneUser(method: MethodName): boolean {
  return method.startsWith('__') || method === 'patchAttributes' || method === 'verify'
}

/**
 * Refuses a switch that would close nothing, since its door stays open.
 * @param isOwnMethod whether LoopBack has a method that the team added and that is not served here
 * @throws {LatchkeyError} CONFIGURATION_INVALID
 */
export function checkSwitches(switches: Switches, isOwnMethod: (name: string) => boolean): void {
  for (const [name, isOn] of Object.entries(switches)) {
    const method = bare(name)
    if (isOn || name.includes('*') || methodCalled(method) || isOwnMethod(method)) continue
    throw new LatchkeyError('CONFIGURATION_INVALID', {
      values: [`user.sharedMethods.${name}: there is no such method to switch off`],
    })
  }
}

function bare(name: string): string {
  return name.replace(/^prototype\./, '')
}

/** Anywhere in the name, as LoopBack looks for it. */
function fits(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return false
  const parts = pattern.split('*')
  let from = 0
  return parts.every((part) => {
    const at = name.indexOf(part, from)
    from = at + part.length
    return at >= 0
  })
}
