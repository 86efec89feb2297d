import fc, { type Arbitrary } from 'fast-check'
import { crowd, get, type Request, send } from '../harness/case.ts'
import type { Generated } from './generated.ts'
import { partial, text } from './values.ts'

const owner = fc.constantFrom('joe', 'ann', 'nobody')

/** A token in one of its forms, or something like one. */
const token: Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', 'Bearer ', 'bearer ', 'Basic ', 'basic ', 'Token ', 'Bearer  '),
    fc.constantFrom('', 'base64 ', 'half ', 'upper '),
    owner,
    fc.constantFrom('', ' ', ':', 'x'),
  )
  .map(([scheme, form, name, tail]) => `${scheme}<${form}${name}.id>${tail}`)

const tokenRequest: Arbitrary<Request> = fc
  .tuple(
    fc.constantFrom('/Users/2', '/Users/3', '/Users', '/nothing'),
    partial({ authorization: token, 'x-access-token': token }),
    fc.option(fc.tuple(fc.constantFrom('access_token', 'access_token[]', 'accessToken'), token), {
      nil: undefined,
    }),
  )
  .map(([path, headers, query]) =>
    get(
      query
        ? `${path}?${query[0]}=${query[1].replaceAll(' ', '%20').replace('<base64%20', '<base64 ').replace('<half%20', '<half ').replace('<upper%20', '<upper ')}`
        : path,
      {
        headers: headers as Record<string, string>,
      },
    ),
  )

const id = fc.oneof(
  fc.constantFrom(
    '2',
    '02',
    '2.0',
    '2e0',
    '%202',
    'true',
    'null',
    '0',
    '-2',
    '0x2',
    '99',
    'abc',
    'count',
    'findOne',
    '2,3',
    '"2"',
  ),
  text.map(encodeURIComponent).filter((spelled) => spelled !== '' && !spelled.startsWith('.')),
)

const idRequest: Arbitrary<Request> = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'PATCH', 'POST', 'OPTIONS', 'PROPFIND'),
    id,
    fc.constantFrom(
      '',
      '/',
      '/exists',
      '/accessTokens',
      '/accessTokens/count',
      '/accessTokens/x',
      '/nothing',
    ),
    fc.constantFrom('root', 'joe', undefined),
  )
  .map(([method, which, rest, by]) => {
    const body = method === 'PATCH' ? { body: {} } : {}
    return send(method, `/Users/${which}${rest}`, { ...body, ...(by && { by }), anyOrder: true })
  })

export const generatedTokens: Generated = {
  name: 'generated tokens',
  base: { name: 'tokens', people: crowd, steps: [] },
  changesNothing: true,
  steps: tokenRequest.map((request) => [request]),
}

export const generatedIds: Generated = {
  name: 'generated ids',
  base: { name: 'ids', people: crowd, steps: [] },
  changesNothing: false,
  steps: idRequest.map((request) => [request]),
}
