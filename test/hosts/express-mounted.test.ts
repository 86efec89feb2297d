process.env.TEST_HOST = 'express below a path'
await import('../wire/seed.test.ts')

export {}
