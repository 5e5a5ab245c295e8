// The words about the guard itself.
import { words } from '../words'
import en from '../words/en/monitor'
import ko from '../words/ko/monitor'

export const t = words(ko, en)
