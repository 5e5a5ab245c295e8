// What a refusal or a failure means, in English, by its code; the server says it in Korean. A Python test compares the codes.
import type { ApiError } from '../api/client'

type Told = readonly [what: string, next: string]

const SIGN_IN = 'Sign in again.'
const LIST = 'See the list for what there is.'
const CODE = 'Look at the code your authenticator shows now.'
const LOOK = 'Look on the page first what holds now.'
const TELL = 'Run hantu doctor at the server and tell whoever runs it, with the number of this request.'

export const PROBLEMS: Readonly<Record<string, Told>> = {
  bad_request: ['The server cannot read the request.', ''],
  wrong_host: ['The server does not answer to this name.', 'See server.names in its settings.'],
  wrong_origin: ['Requests from pages of another place are not taken.', ''],
  unauthorized: ['You are not signed in.', SIGN_IN],
  wrong_credentials: ['Name, password, code or passkey is wrong.', 'Which of them is not told.'],
  locked: ['Too many wrong tries; sign-in is blocked for a while.', 'Wait, or run hantu users unlock NAME at the server.'],
  busy: ['Too many sign-ins are being checked.', ''],
  forbidden: ['You may not do this.', 'An administrator can tell you your role.'],
  forged: ['The token against forged requests is missing or wrong.', 'Load the page again.'],
  step_up_required: ['A fresh code of the authenticator, or a passkey, is needed.', CODE],
  code_wrong: ['The code is wrong.', CODE],
  code_used: ['The code has been used.', 'Wait for the next one, 30 seconds at most.'],
  passkey_wrong: ['The passkey could not be verified.', 'Try again, or sign in with password and authenticator code.'],
  same_person: ['The second person has to be another one than who asked.', 'Another operator has to confirm.'],
  not_yours: ['This order was not proposed by this program.', ''],
  not_found: ['There is no such thing, or no more.', LIST],
  gone: ['It is no longer there.', LIST],
  method_not_allowed: ['This cannot be done at this address.', ''],
  not_acceptable: ['The server cannot answer in the form that was asked for.', ''],
  conflict: ['What holds now does not allow it; nothing was done.', LOOK],
  denied: ['The rules do not allow it as things are; nothing was done.', LOOK],
  hash_changed: ['The order on the screen is not the order on record.', 'Load it again and read it.'],
  in_progress: ['The same request is being carried out.', ''],
  outcome_unknown: ['This request was begun, and how it ended is not known. It was not done again.', LOOK],
  too_large: ['The request is too large.', ''],
  unsupported_media_type: ['The request has the wrong form.', ''],
  invalid: ['A value is missing or not possible; nothing was done.', 'Mend it and send it again.'],
  key_required: ['The request has no key of its own.', 'Load the page again.'],
  key_reused: ['The key of this request was used for another one.', 'Press again.'],
  too_many_requests: ['Too many requests.', ''],
  too_many_streams: ['Too many live connections are open.', 'Close other windows of hantu.'],
  internal: ['The server failed at this.', TELL],
  guard_failed: ['The guard answered with a failure.', LOOK],
  guard_unreachable: ['The guard cannot be reached; it was asked for nothing.', 'See at the server whether hantu run guard is running.'],
  guard_silent: ['The guard was asked and gave no answer in time: it may have done it.', LOOK],
  unavailable: ['The server cannot do it at the moment.', TELL],
}

/** Codes of failures the browser itself finds; their sentence is in the language of the page already. */
const OWN: readonly string[] = ['network', 'slow', 'strange', 'bug', 'passkey_elsewhere', 'passkey_known', 'passkey_none']

/** What is not known by its code is told by how it was answered. */
function byStatus(status: number): Told {
  if (status >= 500) return ['The server failed at this; whether it was done is not known.', LOOK]
  return ['The server refused it; nothing was done.', '']
}

/** The English of a problem; null where its own sentence is in the language of the page. */
export function englishOf(problem: Pick<ApiError, 'code' | 'status'>): Told | null {
  if (OWN.includes(problem.code)) return null
  return PROBLEMS[problem.code] ?? byStatus(problem.status)
}

/** The language to mark a text with that the server or a person wrote: readers of screens pronounce it by that. */
export function tongueOf(text: string | null | undefined): 'ko' | undefined {
  return text && /[가-힣]/.test(text) ? 'ko' : undefined
}
