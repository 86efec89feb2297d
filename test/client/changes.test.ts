import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Change, createClient, NetworkError, type User } from '../../src/client/index.ts'
import { type House, openHouse, password } from '../open-house.ts'

const anna = 'anna@example.com'

interface Member extends User {
  readonly nickname?: string
}

async function adminOf(house: House) {
  const client = createClient<Member>({ url: `${house.url}/api/users` })
  await client.tokenStorage.set(await house.adminToken())
  return client
}

/** A client of a server that answers every call with these pieces of an event stream. */
function clientOf(...pieces: readonly (string | Uint8Array)[]) {
  const encoder = new TextEncoder()
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece))
  return createClient<Member>({
    url: '/api/users',
    fetch: async () => new Response(ReadableStream.from(bytes) as ReadableStream),
  })
}

async function heard(changes: Promise<AsyncIterable<Change<Member>>>): Promise<Change<Member>[]> {
  const told: Change<Member>[] = []
  for await (const change of await changes) told.push(change)
  return told
}

describe('changes()', () => {
  it('tells of every change from the moment on that it resolves', async () => {
    await using house = await openHouse({}, [anna])
    const { users } = await adminOf(house)
    const changes = await users.changes()
    const { id } = await users.create({ email: 'new@example.com', password })
    await users.patchAttributes(id, { nickname: 'Zoë 🎈' })
    await users.deleteById(id)

    const told: Change<Member>[] = []
    for await (const change of changes) if (told.push(change) === 3) break
    const data = { email: 'new@example.com', id }
    assert.deepEqual(told, [
      { target: id, data, type: 'create' },
      { target: id, data: { ...data, nickname: 'Zoë 🎈' }, type: 'update' },
      { target: id, type: 'remove' },
    ])
  })

  it('is refused like any other call', async () => {
    await using house = await openHouse({}, [anna])
    const { users } = createClient({ url: `${house.url}/api/users` })
    await assert.rejects(users.changes(), { statusCode: 401, code: 'AUTHORIZATION_REQUIRED' })
  })

  it('ends with the reason of a signal that is aborted', async () => {
    await using house = await openHouse({}, [anna])
    const { users } = await adminOf(house)
    const leaving = new AbortController()
    const changes = users.changes({ signal: leaving.signal })
    await changes
    const told = heard(changes)
    leaving.abort(new Error('the page is closed'))
    await assert.rejects(told, { message: 'the page is closed' })
  })

  it('ends where the server ends it', async () => {
    const house = await openHouse({}, [anna])
    const { users } = await adminOf(house)
    const changes = users.changes()
    await changes
    await house[Symbol.asyncDispose]()
    assert.deepEqual(await heard(changes), [])
  })

  it('understands events however they are cut into pieces', async () => {
    const event = new TextEncoder().encode(
      ':ok\n\nevent: data\ndata: {"target":1,"data":{"id":1,"email":"zoë@example.com"},"type":"update"}\n\n',
    )
    const pieces = Array.from(event, (_, position) => event.slice(position, position + 1))
    const change = { target: 1, data: { id: 1, email: 'zoë@example.com' }, type: 'update' }
    assert.deepEqual(await heard(clientOf(...pieces).users.changes()), [change])
    assert.deepEqual(await heard(clientOf(event, event).users.changes()), [change, change])
  })

  it('says that the line broke, or brings what nobody can read', async () => {
    await assert.rejects(heard(clientOf('data: {"target":\n\n').users.changes()), NetworkError)
    const broken = createClient({
      url: '/api/users',
      fetch: async () => new Response(new ReadableStream({ pull: (pipe) => pipe.error(new Error('gone')) })),
    })
    await assert.rejects(heard(broken.users.changes()), NetworkError)
  })
})
