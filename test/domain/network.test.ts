import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { networkOf } from '../../src/base/network.ts'

describe('an address', () => {
  for (const [network, ...spellings] of [
    [
      '192.0.2.1',
      '192.0.2.1',
      '::ffff:192.0.2.1',
      '::FFFF:c000:0201',
      '0:0:0:0:0:ffff:192.0.2.1',
      '192.0.2.1:50000',
      '[::ffff:192.0.2.1]:1',
    ],
    [
      '2001:db8:0:1::/64',
      '2001:db8:0:1::',
      '2001:DB8:0000:0001:1:2:3:4',
      '2001:db8::1:ffff:ffff:ffff:ffff',
      '[2001:db8:0:1::]',
      '[2001:db8:0:1::1]:50000',
    ],
    ['0:0:0:0::/64', '::1', '::', '0:0:0:0:0:0:0:1', '::192.0.2.1'],
    ['fe80:0:0:0::/64', 'fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4::/64', '1:2:3:4:5:6:7:8', '1:2:3:4::', '1:2:3:4:5:6:7::'],
  ] as [string, ...string[]][]) {
    it(`counts as ${network} in every spelling`, () => {
      assert.deepEqual([...new Set(spellings.map(networkOf))], [network])
    })
  }

  it('is none where there is none to be read', () => {
    for (const text of [
      undefined,
      '',
      'unknown',
      'localhost',
      '1.2.3',
      '1.2.3.4:',
      '1.2.3.4:a',
      '1.2.3:80',
      '[1.2.3]',
      '[::1',
      '[[::1]]',
      '::1 ',
      'a::b::c',
    ])
      assert.equal(networkOf(text), undefined)
  })
})
