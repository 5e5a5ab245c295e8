// A QR code as one path of an SVG, drawn without any markup of our own.
import { generate } from 'lean-qr'

/** Light modules around the code, as the standard asks. */
export const QUIET = 4

/** Return the path of the dark modules and the size of the whole picture in modules. */
export function qrPath(text: string): { path: string; size: number } {
  const code = generate(text)
  let path = ''
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (code.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`
    }
  }
  return { path, size: code.size + 2 * QUIET }
}
