import { afterEach, describe, expect, it, vi } from 'vitest'
import { access, address, ApiError, newKey, read, send, shown } from '../src/api/client'
import { touch } from '../src/live/presence'

interface Asked {
  url: string
  init: RequestInit
}

const asked: Asked[] = []

function answering(status: number, body: unknown, headers: Record<string, string> = {}): void {
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, init })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return Promise.resolve(new Response(text, { status, headers }))
  })
}

const headers = () => asked.at(-1)?.init.headers as Record<string, string>
const failure = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error as ApiError)

afterEach(() => {
  asked.length = 0
  access.csrf = ''
  access.ended = () => {}
  vi.unstubAllGlobals()
})

describe('addresses', () => {
  it('fill in names and leave out empty questions', () => {
    expect(address('/orders/{intent_id}', { intent_id: 'a/b ?' })).toBe('/api/v1/orders/a%2Fb%20%3F')
    expect(address('/events', {}, { limit: 3, cursor: '', q: undefined, type: 'a b' })).toBe('/api/v1/events?limit=3&type=a+b')
  })
})

describe('a request', () => {
  it('that reads carries neither token nor key', async () => {
    answering(200, { items: [] })
    access.csrf = 'token'
    await read('/positions')
    expect(asked[0]?.url).toBe('/api/v1/positions')
    expect(headers()).toEqual({ Accept: 'application/json' })
  })

  it('says so when nobody has touched the page for a minute', async () => {
    answering(200, { items: [] })
    const later = performance.now() + 61_000
    vi.spyOn(performance, 'now').mockReturnValue(later)
    await read('/positions')
    expect(headers()).toEqual({ Accept: 'application/json', 'X-Hantu-Unattended': '1' })
    touch()
    await read('/positions')
    expect(headers()).toEqual({ Accept: 'application/json' })
    vi.restoreAllMocks()
  })

  it('that changes something carries token, key and code', async () => {
    answering(200, { status: 'taken', level: 'off' })
    access.csrf = 'token'
    await send('post', '/killswitch/release', { body: { reason: 'r', release_s: 0 }, code: '123456', key: 'same-key-1' })
    expect(headers()).toMatchObject({ 'X-Hantu-CSRF': 'token', 'Idempotency-Key': 'same-key-1', 'X-Hantu-Code': '123456' })
    expect(asked[0]?.init.body).toBe('{"reason":"r","release_s":0}')
  })

  it('has a key of its own each time', () => {
    const keys = new Set(Array.from({ length: 50 }, newKey))
    expect(keys.size).toBe(50)
    expect([...keys].every((key) => /^[A-Za-z0-9_-]{8,64}$/.test(key))).toBe(true)
  })
})

describe('a refusal', () => {
  it('says why, what to do next and the number of the request', async () => {
    answering(429, { code: 'too_many_requests', message: '너무 자주', request_id: 'r1', next_step: '기다리세요', fields: [] }, { 'Retry-After': '7' })
    const error = await failure(read('/orders'))
    expect(error).toMatchObject({ status: 429, code: 'too_many_requests', message: '너무 자주', requestId: 'r1', nextStep: '기다리세요', retryS: 7 })
  })

  it('of an unknown session ends it, except where the session is asked for', async () => {
    let ended = 0
    access.ended = () => {
      ended += 1
    }
    answering(401, { code: 'unauthorized', message: 'm', request_id: 'r' })
    await failure(read('/session'))
    expect(ended).toBe(0)
    await failure(read('/positions'))
    expect(ended).toBe(1)
  })

  it('that is no JSON still is an error with the number', async () => {
    answering(502, '<html>', { 'X-Request-Id': 'r9' })
    expect(await failure(read('/orders'))).toMatchObject({ status: 502, code: 'strange', requestId: 'r9' })
    answering(200, 'half an ans')
    expect(await failure(read('/orders'))).toMatchObject({ status: 200, code: 'strange' })
  })

  it('for want of an answer is told apart from a slow one', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    expect(await failure(read('/orders'))).toMatchObject({ status: 0, code: 'network' })
    vi.stubGlobal('fetch', () => Promise.reject(new DOMException('late', 'TimeoutError')))
    expect(await failure(read('/orders'))).toMatchObject({ status: 0, code: 'slow' })
    expect(shown(new Error('bug'))).toMatchObject({ code: 'bug', message: 'bug' })
  })
})
