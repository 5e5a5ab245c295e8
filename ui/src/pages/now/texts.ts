// The texts of this page and its parts.
import { words } from '../../words'
import en from '../../words/en/now'
import ko from '../../words/ko/now'

export const t = words(ko, en)
