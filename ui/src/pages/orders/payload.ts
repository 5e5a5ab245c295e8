// Reads the numbers and words of a fact; what is not there is a dash, never an error.
import { count, signed, rate } from '../../format'

export type Payload = Readonly<Record<string, unknown>>

const number = (fact: Payload, name: string): number | null => (typeof fact[name] === 'number' ? (fact[name] as number) : null)

export const n = (fact: Payload, name: string): string => count(number(fact, name))
export const gain = (fact: Payload, name: string): string => signed(number(fact, name))
export const share = (fact: Payload, name: string): string => rate(number(fact, name))
export const s = (fact: Payload, name: string): string => (fact[name] === null || fact[name] === undefined ? '' : String(fact[name]))
export const seconds = (fact: Payload, name: string): string => (number(fact, name) ?? 0).toFixed(1)
export const several = (fact: Payload, name: string): string[] => (Array.isArray(fact[name]) ? (fact[name] as unknown[]).map(String) : [])
/** The words of a code where there are any. */
export const word = (words: Readonly<Record<string, string>>, code: string): string => words[code] ?? code
