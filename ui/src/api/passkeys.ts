// Passkeys in the browser: what the server asks a device to sign, and what the device said, as the server reads it.
import { common } from '../words/common'
import { ApiError, read, send, type Schemas } from './client'
import { take, type View } from './session'

type Challenge = Schemas['PasskeyChallenge']
type Answer = Schemas['PasskeyAnswer']

/** Bytes in base64url without padding. */
export function textOf(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}

/** Whether this browser can hold passkeys at all: not without encryption, but for localhost. */
export const passkeysHere = typeof window !== 'undefined' && 'PublicKeyCredential' in window

/** Where passkeys of this server answer; empty: here. */
export function elsewhere(asked: Pick<Challenge, 'origins'>, here: string): string {
  return asked.origins.includes(here) ? '' : (asked.origins[0] ?? '')
}

/** Come in by a passkey: the device knows who. */
export async function signInByPasskey(): Promise<View> {
  const answer = await signed(await send('post', '/session/passkey/challenge'))
  return take(await send('post', '/session/passkey', { body: answer })) as View
}

/** What stands for one code of this session. */
export async function proveByPasskey(): Promise<string> {
  const answer = await signed(await send('post', '/passkeys/proof/challenge'))
  return (await send('post', '/passkeys/proof', { body: answer })).proof
}

/** Have a device make a key; `code` is one of the authenticator. */
export async function registerPasskey(name: string, code: string): Promise<Schemas['PasskeyRow']> {
  const offer = await send('post', '/passkeys/challenge', { code })
  refuseElsewhere(offer)
  const made = (await device(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(offer.challenge),
        rp: { id: offer.rp_id, name: common.name },
        user: { id: bytesOf(offer.user_handle), name: offer.user, displayName: offer.user },
        pubKeyCredParams: offer.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: listed(offer),
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: offer.timeout_s * 1_000,
      },
    }),
  )) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  const body = {
    name,
    credential_id: textOf(made.rawId),
    client_data: textOf(response.clientDataJSON),
    attestation_object: textOf(response.attestationObject),
  }
  const row = await send('post', '/passkeys', { body })
  take(await read('/session'))
  return row
}

export async function removePasskey(id: string): Promise<void> {
  await send('delete', '/passkeys/{passkey_id}', { params: { passkey_id: id } })
  take(await read('/session'))
}

async function signed(asked: Challenge): Promise<Answer> {
  refuseElsewhere(asked)
  const found = (await device(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: bytesOf(asked.challenge),
        rpId: asked.rp_id,
        allowCredentials: listed(asked),
        userVerification: 'required',
        timeout: asked.timeout_s * 1_000,
      },
    }),
  )) as PublicKeyCredential
  const response = found.response as AuthenticatorAssertionResponse
  return {
    credential_id: textOf(found.rawId),
    client_data: textOf(response.clientDataJSON),
    authenticator_data: textOf(response.authenticatorData),
    signature: textOf(response.signature),
    user_handle: response.userHandle ? textOf(response.userHandle) : '',
  }
}

function listed(asked: Challenge): PublicKeyCredentialDescriptor[] {
  return asked.credential_ids.map((id) => ({ type: 'public-key', id: bytesOf(id) }))
}

function refuseElsewhere(asked: Challenge): void {
  const place = elsewhere(asked, location.origin)
  if (place) throw new ApiError(0, 'passkey_elsewhere', common.passkey.elsewhere, '', common.passkey.elsewhereNext(place))
}

async function device(work: () => Promise<Credential | null>): Promise<Credential> {
  try {
    const found = await work()
    if (found) return found
  } catch (error) {
    const known = error instanceof DOMException && error.name === 'InvalidStateError'
    if (known) throw new ApiError(0, 'passkey_known', common.passkey.known)
  }
  // Browsers say the same whether there was no key, the person changed their mind, or time ran out.
  throw new ApiError(0, 'passkey_none', common.passkey.none, '', common.passkey.noneNext)
}
