import { setTimeout as pause } from 'node:timers/promises'
import {
  adminRule,
  type Listening,
  login,
  nameOf,
  password,
  type Request,
  type Scenario,
  type Step,
} from './case.ts'
import type { Host, Opening, Server } from './host.ts'
import { fill, fillString, type Memory, memorable } from './symbols.ts'
import { type Answer, type Ear, exchange } from './wire.ts'

/** A request of a scenario, and what one side answered. */
export interface Exchange {
  readonly request: Request
  readonly answer: Answer
}

/** How long events may take to arrive after the answer to what caused them. */
const aftermathMs = 150

/** Plays a scenario at one host: settings, people, their logins, then step by step. */
export async function play(scenario: Scenario, host: Host, compatibility: string): Promise<Exchange[]> {
  const steps = [...loginsOf(scenario), ...scenario.steps]
  let server: Server
  try {
    server = await host.open(openingOf(scenario, compatibility))
  } catch (error) {
    const failure = `not started: ${(error as Error).message.split('\n')[0]}`
    return requestsOf(steps).map((request) => ({
      request,
      answer: { status: 0, headers: {}, body: '', failure },
    }))
  }
  try {
    return await playSteps(steps, server)
  } finally {
    await server.close()
  }
}

/** Cheap hashes, and the role admin let in everywhere, unless the scenario says otherwise. */
export function openingOf({ user, model, people = [] }: Scenario, compatibility: string): Opening {
  return {
    compatibility,
    user: { saltWorkFactor: 4, acls: [adminRule], ...user },
    ...(model && { model }),
    people: people.map((person) => ({ password, ...person })),
  }
}

export function loginsOf({ people = [] }: Scenario): Request[] {
  return people
    .filter((person) => person.login !== false)
    .map((person) => login(person, { as: nameOf(person) }))
}

/** @param memory what was answered before; it grows */
export async function playSteps(
  steps: readonly Step[],
  server: Server,
  memory: Memory = new Map(),
): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  for (const step of steps) {
    if ('waitMs' in step) await pause(step.waitMs)
    else if ('letter' in step) memory.set(step.as, { token: await newestLetter(server, step.letter) })
    else if ('listenTo' in step) exchanges.push(...(await listen(step, server, memory)))
    else exchanges.push(await sendOne(step, server, memory))
  }
  return exchanges
}

async function listen(
  { listenTo, meanwhile }: Listening,
  server: Server,
  memory: Memory,
): Promise<Exchange[]> {
  const isHeard = Promise.withResolvers<void>()
  const others = Promise.withResolvers<void>()
  const first = sendOne(listenTo, server, memory, { onHead: isHeard.resolve, until: others.promise })
  await Promise.race([isHeard.promise, first])
  const exchanges: Exchange[] = []
  for (const request of meanwhile) exchanges.push(await sendOne(request, server, memory))
  await pause(aftermathMs)
  others.resolve()
  return [await first, ...exchanges]
}

async function sendOne(request: Request, server: Server, memory: Memory, ear?: Ear): Promise<Exchange> {
  const { method, path, raw, body } = request
  const headers: Record<string, string | readonly string[]> = {}
  if (request.by !== undefined) headers.authorization = fillString(`<${request.by}.id>`, memory)
  if (body !== undefined) headers['content-type'] = 'application/json'
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    headers[name] = typeof value === 'string' ? fillString(value, memory) : value
  }
  const sent = typeof raw === 'string' ? fillString(raw, memory) : raw
  const answer = await exchange(server.port, {
    method,
    path: fillString(path.startsWith('!') ? path.slice(1) : `/api${path}`, memory),
    headers,
    body: body === undefined ? sent : JSON.stringify(fill(body, memory)),
    ear,
  })
  if (request.as !== undefined) memory.set(request.as, memorable(answer))
  return { request, answer }
}

/** Letters go out after the answer, so it may take a moment. */
async function newestLetter(server: Server, kind: string): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const token = (await server.letters(kind)).at(-1)
    if (token !== undefined) return token
    await pause(50)
  }
  return 'no-letter-came'
}

function requestsOf(steps: readonly Step[]): Request[] {
  return steps.flatMap((step) => {
    if ('listenTo' in step) return [step.listenTo, ...step.meanwhile]
    return 'method' in step ? [step] : []
  })
}
