import { openStorage } from '../../src/storage/open.ts'
import { openSchema } from '../postgres/schema.ts'
import { type Model, type Opened, storageContract } from './contract.ts'

storageContract('PostgreSQL', open)

async function open(model: Model): Promise<Opened> {
  const schema = await openSchema()
  const storage = await openStorage({ url: schema.url, ...model })
  return {
    storage,
    async [Symbol.asyncDispose]() {
      await storage.close()
      await schema[Symbol.asyncDispose]()
    },
  }
}
