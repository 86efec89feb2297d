import type { Change, User } from './model.ts'
import { answered } from './transport.ts'

/** The changes in an answer of server-sent events. */
export async function* changesIn<Model extends User<number | string>>(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Change<Model>, void> {
  let lines: string[] = []
  for await (const line of linesIn(response, signal)) {
    if (line.startsWith('data:')) lines.push(line.slice('data:'.length))
    // An empty line ends an event; what is neither is its name, or a comment that keeps the line open.
    if (line !== '' || lines.length === 0) continue
    const text = lines.join('\n')
    lines = []
    yield await answered(signal, async () => JSON.parse(text))
  }
}

async function* linesIn({ body }: Response, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
  // Not every browser can iterate over a body.
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let begun = ''
  try {
    for (;;) {
      const { done, value } = await answered(signal, () => reader.read())
      if (done) return
      const lines = (begun + decoder.decode(value, { stream: true })).split(/\r?\n/)
      begun = lines.pop() as string
      yield* lines
    }
  } finally {
    // Whoever leaves the loop hangs up.
    await reader.cancel().catch(() => {})
  }
}
