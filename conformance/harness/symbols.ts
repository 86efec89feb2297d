import type { Answer } from './wire.ts'

/** What was answered before, by the name it is remembered under; each side has its own. */
export type Memory = Map<string, unknown>

const symbol = /<(?:(base64|half|upper|lower) )?([A-Za-z]\w*)((?:\.\w+)*)>/g

/** Puts this side's own values in place of `<name.path>`. A text that is nothing but a symbol becomes the value itself. */
export function fill(value: unknown, memory: Memory): unknown {
  if (typeof value === 'string') return fillText(value, memory)
  if (Array.isArray(value)) return value.map((item) => fill(item, memory))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, memory)]))
}

export function fillString(text: string, memory: Memory): string {
  return String(fillText(text, memory))
}

function fillText(text: string, memory: Memory): unknown {
  const whole = [...text.matchAll(symbol)][0]
  if (whole?.[0] === text && !whole[1] && memory.has(whole[2] as string))
    return lookUp(whole[2], whole[3], memory)
  return text.replace(symbol, (all, form: string | undefined, name: string, path: string) =>
    memory.has(name) ? formed(String(lookUp(name, path, memory)), form) : all,
  )
}

function formed(text: string, form: string | undefined): string {
  switch (form) {
    case 'base64':
      return Buffer.from(text).toString('base64')
    case 'half':
      return text.slice(0, text.length / 2)
    case 'upper':
      return text.toUpperCase()
    case 'lower':
      return text.toLowerCase()
    default:
      return text
  }
}

function lookUp(name = '', path = '', memory: Memory): unknown {
  let value = memory.get(name)
  for (const key of path.split('.').slice(1))
    value = (value as Record<string, unknown> | null | undefined)?.[key]
  return value
}

/** The answer as later requests can speak of it: its body, and `etag` and `location` beside it. */
export function memorable({ body, headers }: Answer): unknown {
  const { etag, location } = headers
  try {
    const parsed: unknown = JSON.parse(body)
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
      ? { etag, location, ...parsed }
      : { etag, location, value: parsed, ...(Array.isArray(parsed) ? parsed : {}) }
  } catch {
    return { etag, location }
  }
}
