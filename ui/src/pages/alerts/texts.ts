// Words of the page of alerts.
import { words } from '../../words'
import en from '../../words/en/alerts'
import ko from '../../words/ko/alerts'

export const t = words(ko, en)
