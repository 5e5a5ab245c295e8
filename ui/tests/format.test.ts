import { afterEach, describe, expect, it } from 'vitest'
import { ago, clock, count, day, milliseconds, moment, percent, rate, signed, when, won } from '../src/format'
import { language } from '../src/words'

afterEach(() => {
  language.value = 'ko'
})

describe('numbers', () => {
  it('groups thousands and knows what is not known', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(count(-500)).toBe('−500')
    expect(count(null)).toBe('–')
    expect(won(70500)).toBe('70,500원')
    language.value = 'en'
    expect(won(70500)).toBe('₩70,500')
  })

  it('shows gains with their sign, and none for nothing', () => {
    expect([signed(1200), signed(0), signed(-1200), signed(undefined)]).toEqual(['+1,200', '0', '−1,200', '–'])
    expect([rate(0.0234), rate(-0.0234), rate(0), rate(-0.000001)]).toEqual(['+2.34%', '−2.34%', '0.00%', '0.00%'])
    expect(percent(3.139)).toBe('3.14%')
  })

  it('shows short times with a tenth', () => {
    expect([milliseconds(1.23), milliseconds(1234.4), milliseconds(null)]).toEqual(['1.2 ms', '1,234 ms', '–'])
  })
})

describe('times', () => {
  it('reads the UTC text of the server and shows Korean time', () => {
    expect(clock('2026-11-23 00:00:35.003582')).toBe('09:00:35')
    expect(clock('2026-11-23 15:30:00')).toBe('00:30:00')
    expect(day('2026-11-23 15:30:00')).toBe('2026-11-24')
    expect(when('2026-11-23 00:00:35')).toContain('09:00:35')
    expect(moment('2026-11-23T00:00:00+09:00')?.toISOString()).toBe('2026-11-22T15:00:00.000Z')
  })

  it('shows a dash for what is no time', () => {
    expect([clock(''), clock('later'), day(null), when(undefined)]).toEqual(['–', '–', '–', '–'])
  })

  it('says how long ago in the greatest unit that fits', () => {
    expect([0.26, 9.94, 12, 59.9, 61, 3_700, 90_000, -3].map(ago)).toEqual([
      '0.3초 전', '9.9초 전', '12초 전', '59초 전', '1분 전', '1시간 전', '1일 전', '0.0초 전',
    ])
    expect(ago(null)).toBe('기록 없음')
  })
})
