process.env.TEST_HOST = 'node:http'
await import('../wire/seed.test.ts')
await import('../wire/login.test.ts')

export {}
