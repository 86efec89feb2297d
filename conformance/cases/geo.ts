import { type Area, get, type Person, password, post } from '../harness/case.ts'
import { readers, whoHas, whoHasBracketed } from './filter-people.ts'

const held: readonly unknown[] = [
  { lat: 46.948, lng: 7.4474 },
  { lat: 47.3769, lng: 8.5417 },
  '46.2044,6.1432',
  [47.5596, 7.5886],
  null,
  undefined,
]

const people: Person[] = held.map((p, index) => ({
  email: `u${index}@example.com`,
  login: false,
  ...(p === undefined ? {} : { p }),
}))

const near: readonly unknown[] = [
  { near: { lat: 46.948, lng: 7.4474 } },
  { near: '46.948,7.4474' },
  { near: [46.948, 7.4474] },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 60, unit: 'miles' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 100, unit: 'kilometers' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 100000, unit: 'meters' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 1, unit: 'degrees' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 0.02, unit: 'radians' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 300000, unit: 'feet' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 60 },
  { near: { lat: 46.948, lng: 7.4474 }, minDistance: 30 },
  { near: { lat: 46.948, lng: 7.4474 }, minDistance: 30, maxDistance: 70 },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 0 },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: '60' },
  { near: { lat: 46.948, lng: 7.4474 }, maxDistance: 'far' },
  { near: { lat: 46.948, lng: 7.4474 }, unit: 'parsecs', maxDistance: 1 },
  { maxDistance: 60 },
  { lat: 46.948, lng: 7.4474 },
  { neq: null },
  null,
]

/** What makes no sense to `near`: each may be the death of the process. */
const senseless: readonly unknown[] = [
  'x',
  5,
  null,
  {},
  [],
  { lat: 1 },
  { lat: 'a', lng: 'b' },
  { lat: 200, lng: 0 },
  '1',
  [1],
]

const points: readonly unknown[] = [
  { lat: 1, lng: 2 },
  { lat: '1', lng: '2' },
  { lng: 2, lat: 1, more: 3 },
  '1,2',
  '1, 2',
  [1, 2],
  ['1', '2'],
  null,
]
const noPoints: readonly unknown[] = [
  'x',
  '1',
  '',
  5,
  true,
  {},
  { lat: 1 },
  { lat: 100, lng: 0 },
  { lat: 0, lng: 200 },
  { lat: 'a', lng: 'b' },
  [1],
  [1, 2, 3],
  [],
]

const user = { acls: readers, properties: { p: 'GeoPoint' } }

export const geo: Area = {
  name: 'geo',
  scenarios: [
    { name: 'what is kept', user, people, steps: [get('/Users')] },
    { name: 'near', user, people, steps: near.map((condition) => whoHas({ p: condition })) },
    {
      name: 'near in company',
      user,
      people,
      steps: [
        whoHas({ p: { near: '46.948,7.4474' }, email: { neq: 'u1@example.com' } }),
        whoHas({ and: [{ p: { near: '46.948,7.4474' } }, { email: { neq: 'u1@example.com' } }] }),
        whoHas({ or: [{ p: { near: '46.948,7.4474', maxDistance: 10 } }, { email: 'u1@example.com' }] }),
        get('/Users?filter={"where":{"p":{"near":"46.948,7.4474"}},"limit":2}'),
        get('/Users?filter={"where":{"p":{"near":"46.948,7.4474"}},"limit":2,"skip":1}'),
        get('/Users?filter={"where":{"p":{"near":"46.948,7.4474"}},"order":"email%20DESC"}'),
        get('/Users/findOne?filter={"where":{"p":{"near":"47.37,8.54"}}}'),
        get('/Users/count?where={"p":{"near":"47.37,8.54","maxDistance":10}}'),
      ],
    },
    {
      name: 'near in brackets',
      user,
      people,
      steps: [
        'filter[where][p][near]=46.948,7.4474',
        'filter[where][p][near][lat]=46.948&filter[where][p][near][lng]=7.4474',
        'filter[where][p][near]=46.948,7.4474&filter[where][p][maxDistance]=60',
        'filter[where][p][near]=46.948,7.4474&filter[where][p][maxDistance]=100&filter[where][p][unit]=kilometers',
      ].map(whoHasBracketed),
    },
    ...senseless.map((condition) => ({
      name: `near ${JSON.stringify(condition)}`,
      user,
      people,
      steps: [whoHas({ p: { near: condition } })],
    })),
    {
      name: 'points of every shape',
      user,
      steps: points.map((p, index) => post('/Users', { email: `n${index}@example.com`, password, p })),
    },
    ...noPoints.map((p) => ({
      name: `a point that is none: ${JSON.stringify(p)}`,
      user,
      steps: [post('/Users', { email: 'new@example.com', password, p }), get('/Users')],
    })),
  ],
}
