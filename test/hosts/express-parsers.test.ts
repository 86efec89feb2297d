process.env.TEST_HOST = 'express with parsers'
await import('../wire/seed.test.ts')
await import('../wire/create.test.ts')

export {}
