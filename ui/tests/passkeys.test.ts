import { describe, expect, it } from 'vitest'
import { bytesOf, elsewhere, textOf } from '../src/api/passkeys'

describe('bytes of a device', () => {
  it('travel in base64url without padding and come back', () => {
    for (const length of [1, 2, 3, 32, 65]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + 251) % 256)
      const text = textOf(bytes.buffer)
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(bytesOf(text)).toEqual(bytes)
    }
    expect(textOf(Uint8Array.of(0xfb, 0xff).buffer)).toBe('-_8')
  })
})

describe('the address of the page', () => {
  it('is one of those passkeys answer under, or the first of them is named', () => {
    const asked = { origins: ['a://hantu.example:8700', 'a://hantu.example'] }
    expect(elsewhere(asked, 'a://hantu.example')).toBe('')
    expect(elsewhere(asked, 'a://127.0.0.1:8700')).toBe('a://hantu.example:8700')
  })
})
