import { type Area, crowd, get, password, post, root } from '../harness/case.ts'

const email = 'new@example.com'

export const create: Area = {
  name: 'create',
  scenarios: [
    {
      name: 'one account',
      people: [root],
      steps: [
        post('/Users', { email, password }),
        post('/Users', { email, password }),
        get('/Users', { by: 'root' }),
      ],
    },
  ],
}
void crowd
