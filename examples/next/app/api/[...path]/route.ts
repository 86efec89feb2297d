import { accounts } from '@/accounts'

async function answer(request: Request): Promise<Response> {
  const { fetch } = await accounts()
  return fetch(request)
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as PATCH, answer as POST, answer as PUT }
