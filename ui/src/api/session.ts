// Who is signed in: asked once at the start, ended by the person, by the server, or by time.
import { computed, shallowRef } from 'vue'
import { access, ApiError, read, send, shown, type Schemas } from './client'

export type Role = 'admin' | 'operator' | 'viewer'
export type View = Schemas['SessionView']

/** undefined: not asked yet; null: nobody. */
export const session = shallowRef<View | null | undefined>(undefined)
/** Whether the last session was ended by the server, so that the sign-in page can say so. */
export const endedByServer = shallowRef(false)
export const role = computed<Role | null>(() => (session.value?.role as Role | undefined) ?? null)

const ACTING: readonly Role[] = ['operator']
const SAFE: readonly Role[] = ['admin', 'operator']
const KEEPING: readonly Role[] = ['admin']

/** May act: approve, acknowledge, start, release. */
export const mayAct = computed(() => role.value !== null && ACTING.includes(role.value))
/** May do what is safe: set the kill switch, pause orders, end a silence, read the settings. */
export const maySafe = computed(() => role.value !== null && SAFE.includes(role.value))
/** May keep the house: people, programs, the access log. */
export const mayKeep = computed(() => role.value !== null && KEEPING.includes(role.value))

export async function loadSession(): Promise<View | null> {
  try {
    return take(await read('/session'))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return take(null)
    throw error
  }
}

/** Why it is not known whether somebody is signed in; null once it is. */
export const unreached = shallowRef<ApiError | null>(null)

/** Find out who is signed in; where the server does not say, nobody is called signed out. */
export async function findSession(): Promise<void> {
  try {
    await loadSession()
    unreached.value = null
  } catch (error) {
    unreached.value = shown(error)
  }
}

/** Sign in; what comes back may ask for an enrolment instead of a session. */
export async function signIn(user: string, password: string, proof: { code?: string; recovery_code?: string }): Promise<View> {
  const found = await send('post', '/session', { body: { user, password, ...proof } })
  if (found.status === 'signed_in') take(found)
  return found
}

export async function signOut(): Promise<void> {
  try {
    await send('delete', '/session')
  } finally {
    take(null)
  }
}

/** From now on this is who is signed in. */
export function take(found: View | null): View | null {
  if (found) endedByServer.value = false
  access.csrf = found?.csrf ?? ''
  session.value = found
  return found
}

/** The server no longer knows this session. */
export function sessionEnded(): void {
  if (session.value) endedByServer.value = true
  take(null)
}

access.ended = sessionEnded
