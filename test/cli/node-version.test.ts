import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertNode } from '../../src/base/node-version.ts'

describe('the version of Node', () => {
  for (const version of ['24.0.0', '24.11.1', '26.10.0', '100.0.0']) {
    it(`may be ${version}`, () => assert.doesNotThrow(() => assertNode(version)))
  }

  for (const version of ['22.21.0', '20.20.2', '9.11.2']) {
    it(`may not be ${version}, which is told in one sentence`, () => {
      assert.throws(() => assertNode(version), {
        code: 'CONFIGURATION_INVALID',
        message: `Latchkey needs Node 24 or newer; this is Node ${version}`,
      })
    })
  }

  it('is that of this process, where none is named', () => {
    assert.doesNotThrow(() => assertNode())
  })
})
