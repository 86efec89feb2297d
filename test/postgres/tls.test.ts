import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openStorage } from '../../src/storage/open.ts'
import { openFolder } from '../cli/latchkey-process.ts'
import { insertUsers, ordinary } from '../storage/contract.ts'
import { openCluster } from './cluster.ts'

const skip = spawnSync('openssl', ['version']).status !== 0 && 'there is no openssl to make certificates with'

/** A server that says its name is `localhost`, and lets nobody in without TLS. */
async function openSecureCluster(certificate: string) {
  using folder = openFolder()
  const [key, file] = [folder.file('server.key'), certificate]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const wanted = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names]
  execFileSync('openssl', [...wanted, '-keyout', key, '-out', file], { stdio: 'ignore' })
  return openCluster({
    settings: { ssl: 'on', listen_addresses: 'localhost' },
    files: { 'server.key': readFileSync(key, 'utf8'), 'server.crt': readFileSync(file, 'utf8') },
    access: ['hostssl all all all trust'],
  })
}

describe('a PostgreSQL that is spoken to by TLS', { skip }, () => {
  it('is taken for what its certificate says, as sslmode has it, and refused in plain words', async () => {
    using folder = openFolder()
    const caFile = folder.file('ca.pem')
    await using cluster = await openSecureCluster(caFile)
    const url = (host: string, mode: string) =>
      `postgres://postgres@${host}:${cluster.port}/postgres?sslmode=${mode}`

    const welcome: readonly [url: string, caFile?: string][] = [
      [url('127.0.0.1', 'require')],
      [url('127.0.0.1', 'prefer')],
      [url('127.0.0.1', 'require'), caFile],
      [url('127.0.0.1', 'verify-ca'), caFile],
      [url('localhost', 'verify-full'), caFile],
      [`${url('localhost', 'verify-full')}&sslrootcert=${encodeURIComponent(caFile)}`],
    ]
    for (const [place, certificates] of welcome) {
      const storage = await openStorage({ url: place, caFile: certificates, ...ordinary })
      await storage.ping()
      await storage.close()
    }

    const refused: readonly [url: string, problem: RegExp, caFile?: string][] = [
      [url('127.0.0.1', 'verify-full'), /^database\.url: .*does not match certificate/, caFile],
      [url('localhost', 'verify-full'), /^database\.url: self-signed certificate/],
      [url('localhost', 'verify-ca'), /^database\.url: self-signed certificate/],
      [url('127.0.0.1', 'disable'), /^database\.url: no pg_hba\.conf entry/],
    ]
    for (const [place, message, certificates] of refused) {
      const opening = openStorage({ url: place, caFile: certificates, ...ordinary })
      await assert.rejects(opening, { code: 'DATABASE_UNUSABLE', message })
    }
  })

  it('is refused where it speaks none, but must', async () => {
    await using cluster = await openCluster()
    const opening = openStorage({ url: cluster.url.replace('disable', 'require'), ...ordinary })
    const message = /^database\.url: The server does not support SSL/
    await assert.rejects(opening, { code: 'DATABASE_UNUSABLE', message })
  })

  it('is served on after a line was cut', async () => {
    using folder = openFolder()
    await using cluster = await openSecureCluster(folder.file('ca.pem'))
    const url = cluster.url.replace('disable', 'require')
    const storage = await openStorage({ url, ...ordinary })
    const before = await insertUsers(storage, 1)
    await cluster.stop('immediate')
    await assert.rejects(storage.users.findById(1), { code: 'DATABASE_UNAVAILABLE' })
    await cluster.start()
    assert.deepEqual([await storage.users.findById(1)], before)
    await storage.close()
  })
})
