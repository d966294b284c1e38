import type { PackSigning } from '../../model/pack-spec.ts'
import { isOnToken, tokenKey } from './pkcs11-uri.ts'

/**
 * Why signing failed, in words that name what to do, out of what osslsigncode has said: its exit code tells that it
 * failed, and no more.
 */
export function reasonOf(said: string, signing: PackSigning): string {
  const { timestamp, certificate } = signing
  if (isOnToken(certificate)) {
    const reason = tokenReason(said, certificate)
    if (reason !== null) return reason
  }
  if (/PKCS#12|mac verify failure/i.test(said)) return `the password of ${certificate} is wrong`
  if (/timestamp|TSA|curl|HTTP|connect/i.test(said) && timestamp !== null)
    return `${timestamp} gave no time stamp: ${lastLine(said)}`
  return lastLine(said)
}

/**
 * A wrong PIN comes first: what osslsigncode says behind it, of objects that are not there, follows from it. The words are
 * those of libp11, through which osslsigncode reaches tokens.
 */
function tokenReason(said: string, certificate: string): string | null {
  const key = tokenKey(certificate)
  const { uri, module } = 'problem' in key ? { uri: certificate, module: '' } : key
  if (/PIN (?:is )?locked|CKR_PIN_LOCKED/i.test(said)) return `the PIN of ${uri} is locked`
  if (/PIN incorrect|CKR_PIN_|PIN (?:in)?valid/i.test(said)) return `the PIN of ${uri} is wrong`
  if (/load 'pkcs11' engine/i.test(said))
    return 'osslsigncode finds no engine for tokens; Debian has it in the package libengine-pkcs11-openssl'
  if (/unable to load (?:PKCS#11 )?module/i.test(said))
    return `${module} cannot be loaded as a PKCS #11 module`
  if (/no matching .*token/i.test(said)) return `${module} has no token for ${uri}`
  if (/certificate was not found/i.test(said)) return `the token has no certificate for ${uri}`
  if (/private key was not found/i.test(said)) return `the token has no private key for ${uri}`
  return null
}

/** Why a certificate is not taken once its chain holds: its authority's list of revoked ones, where it names one. */
export function revocationReason(said: string): string {
  return /failed to get/i.test(said)
    ? `the list of revoked certificates that it names could not be fetched (${lastLine(said.split(/^$/m)[0] ?? '')})`
    : `it is revoked, or the list of revoked certificates does not verify (${lastLine(said)})`
}

/**
 * The same out of what an osslsigncode of 2.6 to 2.8 says, which cannot verify without the list of the certificate that
 * signs; null where it was not for the list. ("Faild" is how it is written there.)
 */
export function listReason(said: string): string | null {
  const unreachable = /^Warning: Faild to \w+ CRL from \S+/m.exec(said)?.[0]
  if (unreachable !== undefined)
    return `a list of revoked certificates could not be fetched (${unreachable})`
  return /^Signature CRL verification: failed/m.test(said)
    ? 'the certificate is revoked, or the list of revoked certificates does not verify'
    : null
}

export function lastLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && line !== 'Failed').at(-1) ?? 'it said nothing'
}
