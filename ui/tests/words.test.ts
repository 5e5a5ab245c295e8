import { describe, expect, it } from 'vitest'
import { language, words } from '../src/words'

type Dictionary = Record<string, unknown>

const korean = import.meta.glob<Dictionary>('../src/words/ko/*.ts', { eager: true, import: 'default' })
const english = import.meta.glob<Dictionary>('../src/words/en/*.ts', { eager: true, import: 'default' })
const HANGUL = /[가-힣]/

function texts(dictionary: Dictionary, path = ''): [string, string][] {
  return Object.entries(dictionary).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'string') return [[path + key, value]]
    if (typeof value === 'function') return [[path + key, String((value as (...given: unknown[]) => string)(1, 2, 3))]]
    return texts(value as Dictionary, `${path}${key}.`)
  })
}

describe('words', () => {
  it('has a pair of files for every page', () => {
    const names = (files: object) => Object.keys(files).map((file) => file.split('/').at(-1))
    expect(names(english)).toEqual(names(korean))
    expect(names(korean).length).toBeGreaterThan(10)
  })

  it.each(Object.entries(korean))('%s has an English text for every Korean one', (file, ko) => {
    const en = english[file.replace('/ko/', '/en/')] ?? {}
    const filled = texts(ko).filter(([, text]) => text !== '')
    const told = new Map(texts(en))
    expect(filled.filter(([key]) => !told.get(key))).toEqual([])
    expect([...told].filter(([, text]) => HANGUL.test(text))).toEqual([])
  })

  it('follows the language', () => {
    const t = words({ title: '보유', rows: (n: number) => `${n}건` }, { title: 'Positions', rows: (n: number) => `${n} rows` })
    expect([t.title, t.rows(2)]).toEqual(['보유', '2건'])
    language.value = 'en'
    expect([t.title, t.rows(2)]).toEqual(['Positions', '2 rows'])
    language.value = 'ko'
  })
})
