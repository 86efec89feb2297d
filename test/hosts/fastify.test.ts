process.env.TEST_HOST = 'fastify'
await import('../wire/seed.test.ts')

export {}
