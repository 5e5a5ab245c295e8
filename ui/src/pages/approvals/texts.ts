// Words of the page of approvals.
import { words } from '../../words'
import en from '../../words/en/approvals'
import ko from '../../words/ko/approvals'

export const t = words(ko, en)
