interface MediaRange {
  readonly type: string
  readonly subtype: string
  readonly quality: number
}

/**
 * The type a client likes best of those on offer, as RFC 9110 (12.5.1) and Express weigh an `Accept`: by quality, then
 * by how particular the range is, then by the client's order, then by ours.
 * @param offered types without parameters: a range that has any fits none of them
 * @returns the first where the client does not say, undefined where it wants none of them
 */
export function preferredType<Type extends string>(
  accept: string | undefined,
  offered: readonly Type[],
): Type | undefined {
  if (!accept) return offered[0]
  const ranges = rangesIn(accept)
  const ranked = offered
    .map((type) => ({ type, ...bestFit(type, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || b.weight - a.weight || a.order - b.order)
  return ranked[0]?.type
}

function rangesIn(accept: string): readonly (MediaRange | undefined)[] {
  return accept.split(',').map((text) => {
    const [, type, subtype, parameters = ''] = /^\s*([^\s/;]+)\/([^;\s]+)\s*(?:;(.*))?$/.exec(text) ?? []
    if (type === undefined || subtype === undefined) return undefined
    if (parameters === '') return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), quality: 1 }
    const quality = /^\s*q=([^;]*)/.exec(parameters)?.[1]
    if (quality === undefined) return undefined
    return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), quality: Number.parseFloat(quality) }
  })
}

/** Of the ranges a type fits, the most particular one counts. */
function bestFit(offered: string, ranges: readonly (MediaRange | undefined)[]) {
  const [type, subtype] = offered.split('/')
  let best = { weight: 0, quality: 0, order: -1 }
  for (const [order, range] of ranges.entries()) {
    if (!range || !(range.type === type || range.type === '*')) continue
    if (!(range.subtype === subtype || range.subtype === '*')) continue
    const weight = (range.type === type ? 4 : 0) + (range.subtype === subtype ? 2 : 0)
    const { quality } = range
    const isBetter = best.weight - weight || best.quality - quality || best.order - order
    if (isBetter < 0) best = { weight, quality, order }
  }
  return best
}
