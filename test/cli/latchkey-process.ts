import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const program = join(import.meta.dirname, '../../src/cli/main.ts')

/** What is compiled already: half of what a command costs is to read its source. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/node')

/** An empty folder of its own, gone with its test. */
export interface Folder extends Disposable {
  readonly path: string
  file(name: string): string
}

export function openFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'latchkey-'))
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

export interface Start {
  readonly folder: Folder
  readonly env?: Readonly<Record<string, string>>
  /** What standard input holds; nothing, if absent. */
  readonly input?: string
  /** Whether to run as somebody whom permissions of files stop, also where the tests do not. */
  readonly asNobody?: boolean
}

/** By tradition the user who owns nothing. */
const nobody = 65_534

/** Who runs a command; whoever it is must own the folder. */
function runner({ folder, asNobody = false }: Start): { uid?: number; gid?: number } {
  if (!asNobody || process.getuid?.() !== 0) return {}
  for (const path of [folder.path, ...readdirSync(folder.path).map((name) => folder.file(name))]) {
    chownSync(path, nobody, nobody)
  }
  return { uid: nobody, gid: nobody }
}

/** What a command left behind. */
export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that has not ended by then serves, where it ought to have refused. */
const longestRunMs = 30_000

/** Runs a command to its end, in a folder, with no environment but the one given. */
export async function run(args: readonly string[], start: Start): Promise<Outcome> {
  const { folder, env, input = '' } = start
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder.path,
    env: bare(env),
    ...runner(start),
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const deadline = setTimeout(() => child.kill('SIGKILL'), longestRunMs)
  const [status] = await once(child, 'close')
  clearTimeout(deadline)
  return { status, ...output }
}

/** A process that runs one command after another. */
export interface Shell extends Disposable {
  run(args: readonly string[]): Promise<Outcome>
}

/** Starts it with the first command. Standard input is not for the commands. */
export function openShell(folder: Folder): Shell {
  const starting = (): ChildProcess => {
    const script = join(import.meta.dirname, 'one-after-another.ts')
    return spawn(process.execPath, [script], { cwd: folder.path, env: bare() })
  }
  let child: ChildProcess | undefined
  let before: Promise<unknown> = Promise.resolve()

  async function next(args: readonly string[]): Promise<Outcome> {
    child ??= starting()
    const { stdout: out, stderr: err } = child
    const written = [readUntil(/\0\d+\n$/, out as Readable), readUntil(/\0$/, err as Readable)]
    child.stdin?.write(`${JSON.stringify(args)}\n`)
    const [stdout = '', stderr = ''] = await Promise.all(written)
    const [text = '', status] = stdout.split('\0')
    return { status: Number(status), stdout: text, stderr: stderr.slice(0, -1) }
  }

  return {
    run(args) {
      const mine = before.then(() => next(args))
      before = mine.catch(() => {})
      return mine
    },
    [Symbol.dispose]: () => void child?.kill('SIGKILL'),
  }
}

async function readUntil(end: RegExp, stream: Readable): Promise<string> {
  let text = ''
  while (!end.test(text)) {
    const chunk: Buffer | null = stream.read()
    if (chunk) text += chunk
    else await once(stream, 'readable', { signal: AbortSignal.timeout(longestRunMs) })
  }
  return text
}

/** A serving process, killed with its test if it still runs. */
export interface Server extends AsyncDisposable {
  readonly child: ChildProcess
  /** `http://localhost:…`, without a path. */
  readonly url: string
  readonly port: number
  /** All it wrote so far. */
  output(): string
  /** Resolves with its exit status, null when a signal ended it. */
  readonly exited: Promise<number | null>
}

/** A command under way, killed with its test if it still runs. */
export type Running = Omit<Server, 'url' | 'port'>

/** Starts a command in a folder, as `run` does, and waits for nothing. */
export function start(args: readonly string[], options: Start): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.folder.path,
    env: bare(options.env),
    ...runner(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close').then(([status]) => status as number | null)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  return {
    child,
    output: () => output,
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Starts `latchkey serve` on a free port and waits until it says where it listens. */
export async function serve(args: readonly string[], options: Start): Promise<Server> {
  const running = start(['serve', '--port', '0', ...args], options)
  const { child, exited, output } = running
  const url = await new Promise<string>((resolve, reject) => {
    const read = (): void => {
      const found = /"url":"(http:[^"]+)"/.exec(output())?.[1]
      if (found) resolve(found)
    }
    child.stdout?.on('data', read)
    exited.then((status) => reject(new Error(`ended with ${status} before it listened: ${output()}`)))
  })
  return { ...running, url, port: Number(new URL(url).port) }
}

/** Nothing of ours from outside: neither options in `LATCHKEY_…` nor what the test runner tells its children. */
function bare(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, ...env }
}
