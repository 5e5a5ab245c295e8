// Whether a person is there. What a page asks for by itself is sent with a sign of its own, so that it keeps no session alive.

/** Whoever touched the page so long ago may still be looking at what the touch brought. */
export const PRESENT_MS = 60_000
const KINDS = ['pointerdown', 'keydown', 'wheel'] as const

// Opening the page is a touch.
let touchedMs = typeof performance === 'undefined' ? 0 : performance.now()

if (typeof window !== 'undefined') {
  for (const kind of KINDS) window.addEventListener(kind, touch, { passive: true, capture: true })
}

/** A person did something. */
export function touch(): void {
  touchedMs = performance.now()
}

/** When a person last did something, by `performance.now()`. */
export function lastTouchMs(): number {
  return touchedMs
}

export function attended(withinMs = PRESENT_MS): boolean {
  return performance.now() - touchedMs < withinMs
}
