// Texts in two languages: each page brings its own pair; a key missing in one of them does not compile.
import { ref, watchEffect } from 'vue'

export type Language = 'ko' | 'en'

/** The same keys with the same parameters, in another language. */
export type Same<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer A) => string
    ? (...given: A) => string
    : T[K] extends string
      ? string
      : Same<T[K]>
}

const KEPT = 'hantu.language'

function first(): Language {
  if (typeof localStorage === 'undefined') return 'ko'
  return localStorage.getItem(KEPT) === 'en' ? 'en' : 'ko'
}

/** What the page speaks; Korean unless the person chose otherwise. */
export const language = ref<Language>(first())

export function setLanguage(wanted: Language): void {
  language.value = wanted
  localStorage.setItem(KEPT, wanted)
}

export function followLanguage(): void {
  watchEffect(() => {
    document.documentElement.lang = language.value
  })
}

/**
 * Return texts that follow the language; reading one in a template or a computed value is enough.
 * Do not take them apart (`const { title } = words(...)`): what is taken out no longer follows.
 */
export function words<T extends object>(ko: T, en: Same<T>): T {
  return new Proxy(ko, {
    get: (_, key) => Reflect.get(language.value === 'ko' ? ko : en, key) as unknown,
  })
}
