import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LatchkeyOptions, UserOptions } from '../../src/index.ts'
import { type House, openHouse, password, type Reply } from '../open-house.ts'

type Validation = NonNullable<UserOptions['validations']>[number]
type Compatibility = NonNullable<LatchkeyOptions['compatibility']>

async function houseWith(
  validations: readonly Validation[],
  compatibility: Compatibility = 'documented',
  user: UserOptions = {},
): Promise<House> {
  return openHouse({ compatibility, user: { ...user, validations: [...validations] } })
}

let next = 0
const signUp = (house: House, attributes: object): Promise<Reply> =>
  house.post('/users', { email: `anna${++next}@example.com`, password, ...attributes })

/** Codes and messages, or `fine`. */
function verdictOf({ status, body }: Reply): unknown {
  if (status === 200) return 'fine'
  assert.equal(status, 422)
  const { codes, messages } = body.error.details
  return Object.keys(codes).map((name) => [name, ...codes[name], ...messages[name]])
}

describe('user.validations', () => {
  const cases: readonly [Omit<Validation, 'property'>, ...(readonly [unknown, ...string[]])[]][] = [
    [
      { validation: 'presence' },
      ['', 'presence', "can't be blank"],
      [null, 'presence', "can't be blank"],
      [[], 'presence', "can't be blank"],
      [0],
      [false],
    ],
    [{ validation: 'absence' }, [1, 'absence', "can't be set"], [''], [null]],
    [
      { validation: 'length', min: 2, max: 3 },
      ['a', 'length.min', 'too short'],
      ['abcd', 'length.max', 'too long'],
      ['ab'],
      [[1], 'length.min', 'too short'],
      [5],
      [null, 'length.null', 'is null'],
      ['', 'length.blank', 'is blank'],
    ],
    [{ validation: 'length', is: 3 }, ['ab', 'length.is', 'length is wrong'], ['abc']],
    [
      { validation: 'numericality', int: true },
      [1.5, 'numericality.int', 'is not an integer'],
      ['5', 'numericality.number', 'is not a number'],
      [5],
    ],
    [
      { validation: 'inclusion', in: ['a', 1] },
      ['b', 'inclusion', 'is not included in the list'],
      ['a'],
      [1],
    ],
    [{ validation: 'exclusion', in: ['root'] }, ['root', 'exclusion', 'is reserved'], ['anna']],
    [
      { validation: 'format', with: '^a+$' },
      ['b', 'format', 'is invalid'],
      [true, 'format', 'is invalid'],
      ['aa'],
    ],
    [{ validation: 'format', with: '/^A+$/i' }, ['aa'], ['b', 'format', 'is invalid']],
    [{ validation: 'format', with: '^5$' }, [5]],
    [{ validation: 'date' }, ['soon', 'date', 'is not a valid date'], ['2020-01-02'], [null]],
    [{ validation: 'length', min: 2, allowNull: true, allowBlank: true }, [null], ['']],
    [{ validation: 'exclusion', in: ['x'], message: 'no!' }, ['x', 'exclusion', 'no!']],
    [{ validation: 'exclusion', in: ['x'], code: 'mine' }, ['x', 'mine', 'is reserved']],
    [{ validation: 'length', min: 2, message: 'no!' }, ['x', 'length.min', 'no!']],
    [
      { validation: 'length', min: 2, message: { min: 'longer!' } },
      ['x', 'length.min', 'longer!'],
      [null, 'length.null', 'is null'],
    ],
  ]
  for (const [validation, ...examples] of cases) {
    it(JSON.stringify(validation), async () => {
      await using house = await houseWith([{ property: 'nick', ...validation }])
      for (const [nick, ...verdict] of examples) {
        const reply = await signUp(house, { nick })
        const expected = verdict.length === 0 ? 'fine' : [['nick', ...verdict]]
        assert.deepEqual(verdictOf(reply), expected, JSON.stringify(nick))
      }
    })
  }

  it('say everything at once, required properties first, in one message', async () => {
    await using house = await houseWith(
      [
        { property: 'nick', validation: 'length', min: 2 },
        { property: 'email', validation: 'format', with: 'org$' },
      ],
      'documented',
      { properties: { age: { type: 'number', required: true }, nick: 'string' }, strict: 'validate' },
    )
    const reply = await house.post('/users', { email: 'anna@example.com', nick: 'a', size: 1, password })
    assert.equal(
      reply.body.error.message,
      "The `User` instance is not valid. Details: `age` can't be blank (value: undefined); " +
        '`email` is invalid (value: "anna@example.com"); `nick` too short (value: "a"); ' +
        '`size` is not defined in the model (value: undefined).',
    )
  })

  it('hold for updates, of the user as she would be', async () => {
    await using house = await houseWith([
      { property: 'username', validation: 'length', min: 3, allowBlank: true },
    ])
    await signUp(house, { email: 'anna@example.com', age: 3 })
    const token = await house.login('anna@example.com')
    const short = await house.put('/users/1', { username: 'an' }, { token })
    assert.deepEqual(verdictOf(short), [['username', 'length.min', 'too short']])
    assert.deepEqual(verdictOf(await house.put('/users/1', { age: 4 }, { token })), 'fine')
    assert.deepEqual(verdictOf(await house.put('/users/1', { username: 'anna' }, { token })), 'fine')
  })

  it('ask under a condition that names a property', async () => {
    await using house = await houseWith([
      { property: 'shop', validation: 'presence', if: 'seller' },
      { property: 'boss', validation: 'presence', unless: 'seller' },
    ])
    const lacking = async (attributes: object) => {
      const reply = await signUp(house, attributes)
      return reply.status === 200 ? [] : Object.keys(reply.body.error.details.codes)
    }
    assert.deepEqual(await lacking({ seller: true }), ['shop'])
    assert.deepEqual(await lacking({ seller: false }), ['boss'])
    // As in LoopBack, where nobody said it: `if` asks and `unless` does not.
    assert.deepEqual(await lacking({}), ['shop'])
  })

  it('tell a hidden property’s value to nobody', async () => {
    await using house = await houseWith(
      [{ property: 'secret', validation: 'length', max: 1 }],
      'documented',
      {
        hidden: ['secret'],
      },
    )
    const reply = await signUp(house, { secret: 'classified' })
    assert.match(reply.body.error.message, /`secret` too long \(value: undefined\)/)
  })
})

describe('a uniqueness validation', () => {
  const taken = [['nick', 'uniqueness', 'is not unique']]

  it('refuses a value another account has, whatever its kind; blank ones may be many', async () => {
    await using house = await houseWith([{ property: 'nick', validation: 'uniqueness' }])
    for (const nick of ['a', 5, true]) {
      assert.deepEqual(verdictOf(await signUp(house, { nick })), 'fine')
      assert.deepEqual(verdictOf(await signUp(house, { nick })), taken)
    }
    for (const nick of [null, null, '', '', 'A', '5', false])
      assert.deepEqual(verdictOf(await signUp(house, { nick })), 'fine', String(nick))
  })

  it('lets a user keep her own, and have no other’s', async () => {
    await using house = await houseWith([{ property: 'nick', validation: 'uniqueness' }])
    await signUp(house, { email: 'anna@example.com', nick: 'a' })
    await signUp(house, { nick: 'b' })
    const token = await house.login('anna@example.com')
    assert.deepEqual(verdictOf(await house.put('/users/1', { nick: 'a', age: 3 }, { token })), 'fine')
    assert.deepEqual(verdictOf(await house.put('/users/1', { nick: 'b' }, { token })), taken)
  })

  it('counts within a scope', async () => {
    await using house = await houseWith([
      { property: 'nick', validation: 'uniqueness', scopedTo: ['realm', 'team'] },
    ])
    const verdict = async (attributes: object) => verdictOf(await signUp(house, attributes))
    assert.deepEqual(await verdict({ nick: 'a', realm: 'home', team: 1 }), 'fine')
    assert.deepEqual(await verdict({ nick: 'a', realm: 'away', team: 1 }), 'fine')
    assert.deepEqual(await verdict({ nick: 'a', realm: 'home', team: 2 }), 'fine')
    assert.deepEqual(await verdict({ nick: 'a', realm: 'home', team: 1 }), taken)
    // A part of the scope that was never set is none.
    assert.deepEqual(await verdict({ nick: 'a', realm: 'home' }), taken)
  })

  it('holds when two ask at once', async () => {
    await using house = await houseWith([{ property: 'nick', validation: 'uniqueness' }])
    const replies = await Promise.all(Array.from({ length: 8 }, () => signUp(house, { nick: 'a' })))
    assert.equal(replies.filter(({ status }) => status === 200).length, 1)
    assert.equal(await house.latchkey.users.count({ nick: 'a' }), 1)
  })

  it('holds within one list', async () => {
    await using house = await houseWith([{ property: 'nick', validation: 'uniqueness' }])
    const [anna, bert] = ['a', 'b'].map((name) => ({ email: `${name}@example.com`, password, nick: 'x' }))
    const reply = await house.post('/users', [anna, bert])
    assert.deepEqual(reply.body.error.details[1].details.codes, { nick: ['uniqueness'] })
    assert.equal(await house.latchkey.users.count(), 0)
  })
})

describe('validations in the LoopBack modes', () => {
  it('lose the one message of what can fail in several ways', async () => {
    await using house = await houseWith(
      [{ property: 'nick', validation: 'length', min: 2, message: 'no!' }],
      'loopback3',
    )
    assert.deepEqual(verdictOf(await signUp(house, { nick: 'a' })), [['nick', 'length.min', 'is invalid']])
  })

  for (const [compatibility, unset, number] of [
    ['loopback3', 'blank', 'numericality.number'],
    ['loopback2', 'null', 'numericality.blank'],
  ] as const) {
    it(`call what was never set ${unset} in ${compatibility}`, async () => {
      await using house = await houseWith(
        [
          { property: 'nick', validation: 'length', min: 2 },
          { property: 'age', validation: 'numericality' },
        ],
        compatibility,
        { properties: { age: 'number' } },
      )
      const reply = await signUp(house, { age: 'old' })
      assert.deepEqual(reply.body.error.details.codes, { nick: [`length.${unset}`], age: [number] })
    })
  }
})
