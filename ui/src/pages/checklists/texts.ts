// Words of the page of checklists.
import { words } from '../../words'
import en from '../../words/en/checklists'
import ko from '../../words/ko/checklists'

export const t = words(ko, en)
