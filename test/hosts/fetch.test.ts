process.env.TEST_HOST = 'fetch'
await import('../wire/seed.test.ts')
await import('../wire/create.test.ts')
await import('../wire/bad-input.test.ts')

export {}
