// Which browser and device a session comes from, as far as it says so itself.
const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Whale\//, 'Whale'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const DEVICES: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** "Chrome, Windows"; what names neither is shown as it is. */
export function browserOf(agent: string): string {
  const found = [BROWSERS, DEVICES].flatMap((list) => list.find(([sign]) => sign.test(agent))?.[1] ?? [])
  return found.length ? found.join(', ') : agent || '–'
}
