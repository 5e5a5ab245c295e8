import { describe, expect, it } from 'vitest'
import { englishOf, PROBLEMS, tongueOf } from '../src/words/problems'

describe('the English of a refusal', () => {
  it('is told by its code', () => {
    expect(englishOf({ code: 'code_used', status: 403 })?.[0]).toBe('The code has been used.')
    expect(Object.values(PROBLEMS).flat().filter((text) => /[가-힣]/.test(text))).toEqual([])
  })

  it('promises nothing where the code is unknown', () => {
    expect(englishOf({ code: 'new_code', status: 409 })?.[0]).toContain('nothing was done')
    expect(englishOf({ code: 'new_code', status: 504 })?.[0]).toContain('not known')
  })

  it('is left to the sentence of the page where the browser found the failure', () => {
    expect(englishOf({ code: 'network', status: 0 })).toBeNull()
  })
})

it('a text is marked Korean when it is', () => {
  expect([tongueOf('감시 무응답'), tongueOf('HTTP 500'), tongueOf('')]).toEqual(['ko', undefined, undefined])
})
