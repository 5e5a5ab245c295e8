// Whether the window is as narrow as a phone: then tables become cards. The same border as in the style sheets.
import { ref } from 'vue'

export const narrow = ref(false)

if (typeof window !== 'undefined') {
  const query = window.matchMedia('(width < 900px)')
  narrow.value = query.matches
  query.addEventListener('change', (event) => {
    narrow.value = event.matches
  })
}
