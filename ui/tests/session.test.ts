import { afterEach, expect, it, vi } from 'vitest'
import { findSession, session, unreached } from '../src/api/session'

function answering(status: number, body: unknown): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status })))
}

afterEach(() => vi.unstubAllGlobals())

it('who is signed in is not known before the server has said so', async () => {
  answering(429, { code: 'too_many_requests', message: '너무 자주 요청했습니다.' })
  await findSession()
  expect([session.value, unreached.value?.code]).toEqual([undefined, 'too_many_requests'])
  answering(401, { code: 'unauthorized', message: '로그인이 필요합니다.' })
  await findSession()
  expect([session.value, unreached.value]).toEqual([null, null])
  answering(200, { status: 'signed_in', user: 'kim', session_id: 's1', csrf: 'c' })
  await findSession()
  expect([session.value?.user, unreached.value]).toEqual(['kim', null])
})
