// Every request of the dashboard: typed by the server's description, with forgery token, key, time limit and one kind of error.
import { attended } from '../live/presence'
import { common } from '../words/common'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
type Method = 'get' | 'post' | 'patch' | 'delete'
type Short<P> = P extends `/api/v1${infer Rest}` ? Rest : never
type Operation<P extends string, M extends Method> = `/api/v1${P}` extends keyof paths ? paths[`/api/v1${P}`][M] : never
/** Paths below /api/v1 that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: NonNullable<paths[P][M]> extends { responses: object } ? Short<P> : never
}[keyof paths]
type Json<R> = R extends { content: { 'application/json': infer J } } ? J : never
export type Answered<O> = O extends { responses: infer R } ? Json<R[keyof R]> : never
type Sent<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : { body?: never }
type Named<O> = O extends { parameters: { path: infer P } } ? (P extends object ? { params: P } : { params?: never }) : object
type Asked<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : object
type Only<T> = object extends T ? [given?: T] : [given: T]

export interface Proof {
  /** Of the second factor, where the policy table asks for it. */
  code?: string
  /** One for each press of a button; the same when the same press is sent again. */
  key?: string
}

const PREFIX = '/api/v1'
const READ_MS = 15_000
const COMMAND_MS = 30_000

/** What the session module lends: the token against forged requests, and what to do when the session is over. */
export const access = { csrf: '', ended: () => {} }

/** Why a request did not succeed; `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId = '',
    readonly nextStep = '',
    readonly fields: readonly Schemas['FieldProblem'][] = [],
    readonly retryS: number | null = null,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** A new key for one press of a button. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Read something. */
export function read<P extends PathOf<'get'>>(
  path: P,
  ...[given]: Only<Named<Operation<P, 'get'>> & Asked<Operation<P, 'get'>>>
): Promise<Answered<Operation<P, 'get'>>> {
  return call('get', path, (given ?? {}) as Given) as Promise<Answered<Operation<P, 'get'>>>
}

/** Change something. */
export function send<M extends 'post' | 'patch' | 'delete', P extends PathOf<M>>(
  method: M,
  path: P,
  ...[given]: Only<Named<Operation<P, M>> & Sent<Operation<P, M>> & Asked<Operation<P, M>> & Proof>
): Promise<Answered<Operation<P, M>>> {
  return call(method, path, (given ?? {}) as Given) as Promise<Answered<Operation<P, M>>>
}

interface Given extends Proof {
  params?: Record<string, string | number>
  query?: Record<string, unknown>
  body?: unknown
}

/** The address of a path, its names filled in and its questions behind it. */
export function address(path: string, params: Given['params'] = {}, query: Given['query'] = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name] ?? '')))
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') asked.append(name, String(value))
  }
  const text = asked.toString()
  return PREFIX + filled + (text ? `?${text}` : '')
}

async function call(method: Method, path: string, given: Given): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (!attended()) headers['X-Hantu-Unattended'] = '1'
  const changing = method !== 'get'
  if (changing) {
    if (access.csrf) headers['X-Hantu-CSRF'] = access.csrf
    headers['Idempotency-Key'] = given.key ?? newKey()
  }
  if (given.code) headers['X-Hantu-Code'] = given.code
  if (given.body !== undefined) headers['Content-Type'] = 'application/json'
  const asked: RequestInit = { method: method.toUpperCase(), headers, credentials: 'same-origin', cache: 'no-store' }
  if (given.body !== undefined) asked.body = JSON.stringify(given.body)
  let answer: Response
  try {
    asked.signal = AbortSignal.timeout(changing ? COMMAND_MS : READ_MS)
    answer = await fetch(address(path, given.params, given.query), asked)
  } catch (error) {
    throw unanswered(error)
  }
  if (answer.ok) return answer.json().catch(() => Promise.reject(strange(answer)))
  const refusal = await refused(answer)
  if (answer.status === 401 && path !== '/session') access.ended()
  throw refusal
}

function unanswered(error: unknown): ApiError {
  const slow = error instanceof DOMException && error.name === 'TimeoutError'
  const { errors } = common
  return slow
    ? new ApiError(0, 'slow', errors.slow, '', errors.slowNext)
    : new ApiError(0, 'network', errors.network, '', errors.networkNext)
}

function strange(answer: Response): ApiError {
  return new ApiError(answer.status, 'strange', common.errors.strange, answer.headers.get('X-Request-Id') ?? '')
}

async function refused(answer: Response): Promise<ApiError> {
  let body: Partial<Schemas['ErrorBody']>
  try {
    body = (await answer.json()) as Partial<Schemas['ErrorBody']>
  } catch {
    return strange(answer)
  }
  const wait = Number(answer.headers.get('Retry-After'))
  return new ApiError(
    answer.status,
    body.code ?? 'error',
    body.message ?? common.errors.strange,
    body.request_id ?? answer.headers.get('X-Request-Id') ?? '',
    body.next_step ?? '',
    body.fields ?? [],
    wait > 0 ? wait : null,
  )
}

/** Whatever was thrown, as an error that can be shown. */
export function shown(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'bug', error instanceof Error ? error.message : String(error))
}
