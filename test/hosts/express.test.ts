process.env.TEST_HOST = 'express'
await import('../wire/seed.test.ts')
await import('../wire/tokens.test.ts')
await import('../wire/bad-input.test.ts')

export {}
