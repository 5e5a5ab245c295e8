// Words shared by the pages where people act.
import { words } from '../../words'
import en from '../../words/en/act'
import ko from '../../words/ko/act'

export const act = words(ko, en)
