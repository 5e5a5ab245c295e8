// Words of the page of events.
import { words } from '../../words'
import en from '../../words/en/events'
import ko from '../../words/ko/events'

export const t = words(ko, en)
