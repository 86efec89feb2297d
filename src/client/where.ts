/**
 * Conditions as they are.
 * @throws {TypeError} where JSON would lose one, and a `where` would fit more than was meant, or everybody
 */
export function checkedWhere<Conditions extends object>(
  where: Conditions | undefined,
): Conditions | undefined {
  if (where !== undefined) check(where, 'where')
  return where
}

export function checkedFilter<Filter extends { readonly where?: object }>(
  filter: Filter | undefined,
): Filter | undefined {
  checkedWhere(filter?.where)
  return filter
}

function check(value: unknown, name: string): void {
  const isLost = value === undefined || (typeof value === 'number' && !Number.isFinite(value))
  if (isLost) throw new TypeError(`${name} is ${value}, which JSON cannot say`)
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) check(member, `${name}.${key}`)
}
