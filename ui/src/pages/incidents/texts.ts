// Words of the page of incidents.
import { words } from '../../words'
import en from '../../words/en/incidents'
import ko from '../../words/ko/incidents'

export const t = words(ko, en)
