/** A key on a token, and the library that speaks to the token. */
export interface TokenKey {
  /** A URI of RFC 7512 without its query: which token, which object. */
  readonly uri: string
  /** Absolute path of the PKCS #11 module. */
  readonly module: string
}

export function isOnToken(certificate: string): boolean {
  return certificate.startsWith('pkcs11:')
}

/**
 * Takes apart what the pack file says of a token, such as
 * `pkcs11:token=release;object=code?module-path=/usr/lib/softhsm/libsofthsm2.so` (RFC 7512, 2.3 and 2.4).
 */
export function tokenKey(certificate: string): TokenKey | { readonly problem: string } {
  const at = certificate.indexOf('?')
  const uri = at < 0 ? certificate : certificate.slice(0, at)
  let module: string | null = null
  for (const attribute of at < 0 ? [] : certificate.slice(at + 1).split('&')) {
    const [name = '', value = ''] = splitOnce(attribute)
    // Everybody who may read the pack file could read it, and everybody on the machine the command line.
    if (name === 'pin-value' || name === 'pin-source')
      return { problem: `${name} is not taken; passwordEnv names the variable that has the PIN` }
    if (name !== 'module-path') return { problem: `${JSON.stringify(name)} is not known in it` }
    module = decoded(value)
  }
  if (uri.includes('pin-value'))
    return { problem: 'a PIN has no place in it; passwordEnv names the variable that has it' }
  if (!/^pkcs11:(?:[^;=]+=[^;]*)(?:;[^;=]+=[^;]*)*$/.test(uri))
    return { problem: 'it is no URI such as pkcs11:token=release;object=code (RFC 7512)' }
  if (module === null || !/^(?:\/|[A-Za-z]:[\\/])/.test(module))
    return { problem: 'it needs ?module-path= with the absolute path of a PKCS #11 module' }
  return { uri, module }
}

function splitOnce(attribute: string): readonly string[] {
  const at = attribute.indexOf('=')
  return at < 0 ? [attribute] : [attribute.slice(0, at), attribute.slice(at + 1)]
}

/** A plus sign is itself, as in a path; null for what is not encoded as RFC 3986 has it. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}
