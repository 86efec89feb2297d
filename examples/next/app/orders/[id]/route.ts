import { accounts } from '@/accounts'

type Context = { params: Promise<{ id: string }> }

export async function GET(request: Request, context: Context): Promise<Response> {
  const { guards } = await accounts()
  const order = guards.fetch(async (_request, { user }, { params }: Context) =>
    Response.json({ order: (await params).id, of: user.email }),
  )
  return order(request, context)
}
