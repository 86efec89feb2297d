import {
  type Area,
  crowd,
  get,
  head,
  joe,
  password,
  post,
  type Request,
  root,
  send,
} from '../harness/case.ts'
import { bodies } from './bodies.ts'

const accepts = [
  '*/*',
  'application/json',
  'application/*',
  'APPLICATION/JSON',
  'application/json;q=0.5, text/html',
  'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'text/html',
  'text/plain',
  'text/*',
  'application/xml',
  'text/xml',
  'application/javascript',
  'text/javascript',
  'application/vnd.api+json',
  'image/png',
  'text/event-stream',
  'application/json; version=2',
  'nonsense',
  '',
  'application/json;q=0',
  '*/*;q=0',
  'application/x-protobuf',
]

/** One answer of each sort: found, refused, invalid, missing, without a body. */
function answersWith(headers: Record<string, string>, query = ''): Request[] {
  return [
    get(`/Users/2${query}`, { headers: { authorization: '<joe.id>', ...headers } }),
    get(`/Users/1${query}`, { headers }),
    get(`/nothing${query}`, { headers }),
    get(`!/elsewhere${query}`, { headers }),
    post(`/Users${query}`, { email: 'bad' }, { headers }),
    post(`/Users/logout${query}`, undefined, { headers: { authorization: '<ann.id>', ...headers } }),
    send('HEAD', `/Users/2${query}`, { headers: { authorization: '<root.id>', ...headers } }),
    send('DELETE', `/Users/3${query}`, { headers: { authorization: '<root.id>', ...headers } }),
    get(`/Users/3/exists${query}`, { headers: { authorization: '<root.id>', ...headers } }),
  ]
}

const formats = [
  '_format=json',
  '_format=JSON',
  '_format=xml',
  '_format=html',
  '_format=javascript',
  '_format=bogus',
  '_format=',
  '_format',
  '_format[]=json',
  '_format[a]=b',
  '_format=json&_format=xml',
  '_format=application/json',
  'callback=cb',
  'callback=cb&_format=javascript',
  'jsonp=cb',
]

const conditions: readonly Record<string, string>[] = [
  { 'if-none-match': '<mine.etag>' },
  { 'if-none-match': '*' },
  { 'if-none-match': '"nonsense"' },
  { 'if-none-match': '"nonsense", <mine.etag>' },
  { 'if-none-match': '<mine.etag>', 'cache-control': 'no-cache' },
  { 'if-none-match': '<mine.etag>', 'cache-control': 'max-age=0' },
  { 'if-none-match': '<mine.etag>', pragma: 'no-cache' },
  { 'if-none-match': '' },
  { 'if-match': '"nonsense"' },
  { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
  { 'if-unmodified-since': 'Fri, 01 Jan 2010 00:00:00 GMT' },
  { range: 'bytes=0-3' },
  { 'if-none-match': '<mine.etag>', range: 'bytes=0-3' },
]

const corsHeaders: readonly Record<string, string>[] = [
  {},
  { origin: 'http://app.example' },
  { origin: 'null' },
  { origin: 'http://app.example', 'access-control-request-method': 'PUT' },
  {
    origin: 'http://app.example',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization, content-type, x-own',
  },
  { origin: 'http://app.example', 'access-control-request-method': 'BOGUS' },
]

export const http: Area = {
  name: 'http',
  scenarios: [
    ...bodies,
    ...accepts.map((accept) => ({
      name: `Accept: ${accept}`,
      people: crowd,
      steps: answersWith({ accept }),
    })),
    ...['application/javascript', 'text/javascript', '*/*'].map((accept) => ({
      name: `a callback, Accept: ${accept}`,
      people: crowd,
      steps: answersWith({ accept }, '?callback=cb'),
    })),
    ...formats.map((format) => ({ name: format, people: crowd, steps: answersWith({}, `?${format}`) })),
    {
      name: 'conditional requests',
      people: [root, joe],
      steps: [
        get('/Users/2', { by: 'joe', as: 'mine' }),
        ...conditions.flatMap((headers) => [
          get('/Users/2', { by: 'joe', headers }),
          head('/Users/2', { by: 'root', headers }),
          send('PATCH', '/Users/2', { by: 'joe', headers, body: {} }),
        ]),
        get('/Users', { by: 'root', as: 'mine' }),
        get('/Users', { by: 'root', headers: { 'if-none-match': '<mine.etag>' } }),
        get('/Users/99', { by: 'root', as: 'mine' }),
        get('/Users/99', { by: 'root', headers: { 'if-none-match': '<mine.etag>' } }),
        get('/Users', { headers: { 'if-none-match': '*' } }),
      ],
    },
    {
      name: 'other origins',
      people: [joe],
      steps: corsHeaders.flatMap((headers) => [
        send('OPTIONS', '/Users', { headers }),
        send('OPTIONS', '/Users/1', { headers: { ...headers, authorization: '<joe.id>' } }),
        send('OPTIONS', '/nothing', { headers }),
        send('OPTIONS', '!/elsewhere', { headers }),
        get('/Users/1', { by: 'joe', headers }),
        get('/Users', { headers }),
        get('!/elsewhere', { headers }),
        post('/Users/login', { email: 'joe@example.com', password }, { headers }),
      ]),
    },
  ],
}
