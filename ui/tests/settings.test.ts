import { expect, it } from 'vitest'
import { browserOf } from '../src/pages/settings/browser'
import { fitting } from '../src/pages/settings/values'

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge, Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1', 'Safari, iPhone'],
  ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36', 'Samsung Internet, Android'],
  ['hantu-test/1.0', 'hantu-test/1.0'],
  ['', '–'],
])('names the browser of %s', (agent, name) => expect(browserOf(agent)).toBe(name))

it('finds settings by every word, and those somebody set', () => {
  const all = [
    { name: 'guard.mode', value: 'sell', source: '기본값' },
    { name: 'kis.rest_url', value: 'http://127.0.0.1:1', source: '환경변수 HANTU_REST_URL' },
    { name: 'kis.app_key', value: '****', source: '기본값(연습 거래소)' },
  ]
  const names = (text: string, set: boolean) => fitting(all, text, set).map((one) => one.name)
  expect([names('', false).length, names('KIS url', false), names('', true), names('kis sell', false)]).toEqual([3, ['kis.rest_url'], ['kis.rest_url'], []])
})
