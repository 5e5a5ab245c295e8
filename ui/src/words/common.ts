// Texts of the frame around every page and of the shared parts.
import { words } from '.'
import en from './en/common'
import ko from './ko/common'

export const common = words(ko, en)
