import { expect, it } from 'vitest'
import { componentsOf, gradeOf, stretches, strips } from '../src/pages/health/measures'

function row(component: string, status: string, second: number) {
  return { component, status, checked_at: `2026-11-23 00:00:${String(second).padStart(2, '0')}.000000`, detail: status }
}

it('puts trouble first, and takes an unknown state for trouble', () => {
  const found = componentsOf({ a: { state: 'ok' }, b: { state: 'down', streak: 0 }, c: { state: 'not_expected' }, d: { state: 'melting' } })
  expect(found.map((one) => [one.name, one.state])).toEqual([['b', 'down'], ['d', 'warn'], ['a', 'ok'], ['c', 'not_expected']])
})

it('makes stretches of looks, and a strip that ends with the newest', () => {
  const rows = [row('rest', 'ok', 50), row('rest', 'ok', 40), row('rest', 'down', 30), row('rest', 'ok', 20)]
  expect(stretches(rows).map((one) => [one.state, one.looks, one.from.slice(17, 19), one.until.slice(17, 19)])).toEqual([
    ['ok', 2, '40', '50'], ['down', 1, '30', '30'], ['ok', 1, '20', '20'],
  ])
  expect(strips([...rows, row('disk', 'ok', 20)], 3)).toEqual(new Map([['rest', ['down', 'ok', 'ok']], ['disk', ['ok']]]))
})

it('grades a value at a threshold above it', () => {
  const measure = { name: 'x', unit: 's', warning: 1, danger: 3 } as const
  expect([0.99, 1, 3, null].map((value) => gradeOf(value, measure))).toEqual(['normal', 'warning', 'danger', 'normal'])
})
