// Light or dark: as the system says unless the person chose; the choice stays in this browser.
import { ref, watchEffect } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const KEPT = 'hantu.theme'
const CHOICES: readonly Theme[] = ['system', 'light', 'dark']

export function isTheme(text: string | null): text is Theme {
  return CHOICES.includes(text as Theme)
}

export const theme = ref<Theme>('system')
/** What is on the screen now; charts redraw when it changes. */
export const dark = ref(false)

export function setTheme(wanted: Theme): void {
  theme.value = wanted
  localStorage.setItem(KEPT, wanted)
}

export function followTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const wished = ref(system.matches)
  system.addEventListener('change', (event) => {
    wished.value = event.matches
  })
  const kept = localStorage.getItem(KEPT)
  if (isTheme(kept)) theme.value = kept
  watchEffect(() => {
    dark.value = theme.value === 'system' ? wished.value : theme.value === 'dark'
    document.documentElement.classList.toggle('dark', dark.value)
  })
}
