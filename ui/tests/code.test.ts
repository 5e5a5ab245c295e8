import { describe, expect, it } from 'vitest'
import { ApiError } from '../src/api/client'
import { confirmCode, pending, withCode, type Proven } from '../src/api/code'

describe('a wish that needs a code', () => {
  it('is done once, with the same key for every try, and answers with what came back', async () => {
    const tries: Proven[] = []
    const answer = withCode({
      title: 't',
      act: (proven) => {
        tries.push(proven)
        return tries.length === 1 ? Promise.reject(new ApiError(403, 'wrong_code', 'm')) : Promise.resolve('done')
      },
    })
    await confirmCode('000000', '')
    expect(pending.value?.problem?.code).toBe('wrong_code')
    await confirmCode('123456', 'why')
    expect(await answer).toBe('done')
    expect(pending.value).toBeNull()
    expect(tries.map((one) => one.code)).toEqual(['000000', '123456'])
    expect(new Set(tries.map((one) => one.key)).size).toBe(1)
  })

  it('takes what a device says in the place of a code, and shows why it said nothing', async () => {
    const answer = withCode({ title: 't', act: (proven) => Promise.resolve(proven.code) })
    await confirmCode(() => Promise.reject(new ApiError(0, 'passkey_none', 'm')), '')
    expect(pending.value?.problem?.code).toBe('passkey_none')
    await confirmCode(() => Promise.resolve('pk_x'), '')
    expect(await answer).toBe('pk_x')
  })

  it('is not sent twice while it is under way', async () => {
    let sent = 0
    let finish: (value: string) => void = () => {}
    const answer = withCode({ title: 't', act: () => ((sent += 1), new Promise<string>((resolve) => (finish = resolve))) })
    const first = confirmCode('123456', '')
    await confirmCode('123456', '')
    expect(sent).toBe(1)
    finish('once')
    await first
    expect(await answer).toBe('once')
  })

  it('that is given up answers undefined, also when its answer comes later', async () => {
    let finish: (value: string) => void = () => {}
    const answer = withCode({ title: 't', act: () => new Promise<string>((resolve) => (finish = resolve)) })
    const sending = confirmCode('123456', '')
    pending.value?.done(undefined)
    expect(await answer).toBeUndefined()
    finish('late')
    await sending
    expect(pending.value).toBeNull()
  })

  it('gives way to the next one', async () => {
    const first = withCode({ title: 'first', act: () => Promise.resolve(1) })
    const second = withCode({ title: 'second', act: () => Promise.resolve(2) })
    expect(await first).toBeUndefined()
    expect(pending.value?.wish.title).toBe('second')
    await confirmCode('123456', '')
    expect(await second).toBe(2)
  })
})
