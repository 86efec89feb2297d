import {
  type Area,
  get,
  type Listening,
  password,
  patch,
  post,
  type Request,
  remove,
  root,
  send,
} from '../harness/case.ts'

const account = { email: 'new@example.com', password }

/** A listener that hears one account being made, changed and deleted. */
function listening(stream: Request): Listening {
  return {
    listenTo: stream,
    meanwhile: [
      post('/Users', account),
      patch('/Users/2', { age: 5 }, { by: 'root' }),
      post('/Users/update?where={"id":2}', { age: 6 }, { by: 'root' }),
      remove('/Users/2', { by: 'root' }),
    ],
  }
}

const streams: readonly Request[] = [
  get('/Users/change-stream', { by: 'root' }),
  get('/Users/change-stream', { by: 'root', headers: { accept: 'text/event-stream' } }),
  get('/Users/change-stream', { by: 'root', headers: { accept: '*/*' } }),
  get('/Users/change-stream', { by: 'root', headers: { accept: 'application/json' } }),
  get('/Users/change-stream?_format=event-stream', { by: 'root' }),
  get('/Users/change-stream?options={"where":{"id":99}}', {
    by: 'root',
    headers: { accept: 'text/event-stream' },
  }),
  get('/Users/change-stream?options={"where":{"id":2}}', {
    by: 'root',
    headers: { accept: 'text/event-stream' },
  }),
  get('/Users/change-stream?options=broken', { by: 'root', headers: { accept: 'text/event-stream' } }),
  send('POST', '/Users/change-stream', { by: 'root', headers: { accept: 'text/event-stream' } }),
  send('POST', '/Users/change-stream', {
    by: 'root',
    body: { options: {} },
    headers: { accept: 'text/event-stream' },
  }),
]

export const changeStream: Area = {
  name: 'change-stream',
  scenarios: [
    ...streams.map((stream) => ({
      name: `${stream.method} ${stream.path} ${JSON.stringify(stream.headers ?? {})} ${JSON.stringify(stream.body ?? '')}`,
      people: [root],
      steps: [listening(stream)],
    })),
    {
      name: 'by others',
      people: [root],
      steps: [
        get('/Users/change-stream'),
        send('POST', '/Users/change-stream'),
        get('/Users/change-stream', { headers: { accept: 'text/event-stream' } }),
      ],
    },
  ],
}
