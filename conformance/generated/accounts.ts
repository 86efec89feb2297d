import fc, { type Arbitrary } from 'fast-check'
import { crowd, get, password, post, type Request, send, type UserSettings } from '../harness/case.ts'
import type { Generated } from './generated.ts'
import { anything, partial, text } from './values.ts'

const user: UserSettings = {
  properties: {
    age: { type: 'number' },
    member: { type: 'boolean' },
    born: { type: 'date' },
    tags: { type: ['string'] },
  },
}

const email = fc.oneof(
  fc.constantFrom<unknown>('new@example.com', 'joe@example.com', 'JOE@example.com', 'bad', 'a@b', null),
  anything,
)
const secret = fc.oneof(fc.constantFrom<unknown>(password, 'newsecret', '', ' ', null), anything)
const username = fc.oneof(fc.constantFrom<unknown>('joe', 'ann', 'new', null), anything)

const extras = { username, age: anything, member: anything, born: anything, tags: anything, free: anything }

const account = fc
  .tuple(fc.record({ email, password: secret }), partial(extras))
  .map(([required, optional]) => ({ ...required, ...optional }))

const attributes = partial({
  ...extras,
  email,
  password: secret,
  id: fc.constantFrom<unknown>(2, 1, '2', null, 99),
})

const everything = get('/Users', { by: 'root' })
const sessions = [get('/Users/2', { by: 'joe' }), get('/Users/3', { by: 'ann' })]

const signUp = fc.oneof(
  { weight: 4, arbitrary: account.map((body): Request => post('/Users', body)) },
  { weight: 1, arbitrary: fc.array(account, { maxLength: 2 }).map((body): Request => post('/Users', body)) },
  { weight: 1, arbitrary: anything.map((body): Request => post('/Users', body)) },
)

const change: Arbitrary<Request> = fc
  .tuple(
    fc.constantFrom(
      'PATCH /Users/2',
      'PUT /Users/2',
      'POST /Users/2/replace',
      'PATCH /Users',
      'PUT /Users',
      'POST /Users/replaceOrCreate',
      'POST /Users/upsertWithWhere?where={"id":2}',
      'POST /Users/update?where={"id":2}',
    ),
    attributes,
    fc.constantFrom('root', 'joe', 'ann'),
  )
  .map(([request, body, by]) => {
    const [method, path] = request.split(' ') as [string, string]
    return send(method, path, { body, by })
  })

const loginBody = partial({
  email: fc.oneof(
    { weight: 3, arbitrary: fc.constant<unknown>('joe@example.com') },
    { weight: 1, arbitrary: anything },
  ),
  username: fc.oneof(fc.constant<unknown>('joe'), anything),
  password: fc.oneof(
    { weight: 4, arbitrary: fc.constant<unknown>(password) },
    { weight: 1, arbitrary: anything },
  ),
  ttl: fc.constantFrom<unknown>(0, 1, 60, 1.5, '60', '', false, true, 1e300),
  realm: text,
})

export const generatedSignUps: Generated = {
  name: 'generated sign-ups',
  base: { name: 'sign-ups', user, people: crowd, steps: [] },
  changesNothing: false,
  steps: fc.array(signUp, { minLength: 1, maxLength: 3 }).map((steps) => [...steps, everything]),
}

export const generatedChanges: Generated = {
  name: 'generated changes',
  base: { name: 'changes', user, people: crowd, steps: [] },
  changesNothing: false,
  steps: fc.array(change, { minLength: 1, maxLength: 3 }).map((steps) => [...steps, everything, ...sessions]),
}

export const generatedLogins: Generated = {
  name: 'generated logins',
  base: { name: 'logins', user, people: crowd, steps: [] },
  changesNothing: true,
  steps: loginBody.map((body) => [
    post('/Users/login', body, { as: 'session' }),
    get('/Users/2', { by: 'session' }),
  ]),
}
