import type { Same } from '..'
import type ko from '../ko/span'

export default {
  seconds: (n) => `${n} s`,
  minutes: (n) => `${n} min`,
  hours: (n) => `${n} h`,
  days: (n) => `${n} d`,
} satisfies Same<typeof ko>
