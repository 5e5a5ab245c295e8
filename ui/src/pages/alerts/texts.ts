// Words of the page of alerts.
import { words } from '../../words'
import en from '../../words/en/alerts'
import ko from '../../words/ko/alerts'

export const t = words(ko, en)

/** Two of the channels are no apps: the policy, which told it with others or not at all, and the record. */
export function channelName(name: string): string {
  return (t.channels as Readonly<Record<string, string>>)[name] ?? name
}
