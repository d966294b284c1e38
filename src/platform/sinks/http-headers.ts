import type { HttpAccess } from '../../model/log-sink.ts'
import { readSecret } from './secret-file.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * The headers that let one in, read anew at each call, so that a secret may be changed in its file.
 *
 * @throws an error that names the file or the variable at fault, never what it says
 */
export function accessHeaders(
  access: Omit<HttpAccess, 'timeout'>,
  variables: Variables,
): Record<string, string> {
  const headers = access.headersFile === null ? {} : fileHeaders(access.headersFile)
  const token = tokenOf(access, variables)
  if (token === null) return headers
  const { user } = access
  const authorization =
    user === null
      ? `Bearer ${token}`
      : `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`
  return { ...headers, authorization }
}

function tokenOf(
  { tokenFile, tokenEnv }: Pick<HttpAccess, 'tokenFile' | 'tokenEnv'>,
  variables: Variables,
): string | null {
  if (tokenFile !== null) return checked(readSecret(tokenFile), tokenFile)
  if (tokenEnv === null) return null
  const value = variables[tokenEnv]
  if (value === undefined || value === '') throw new Error(`the guard has no variable ${tokenEnv}`)
  return checked(value, tokenEnv)
}

function fileHeaders(path: string): Record<string, string> {
  const headers: Record<string, string> = {}
  readSecret(path)
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '' || line.startsWith('#')) return
      const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t\r]*$/.exec(line)
      if (match === null) throw new Error(`line ${index + 1} of ${path} is not "Name: value"`)
      headers[(match[1] as string).toLowerCase()] = checked(match[2] as string, path)
    })
  return headers
}

/** RFC 9110, 5.5: what a header may carry. */
function checked(value: string, where: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    throw new Error(`${where} has a character that no HTTP header can carry`)
  }
  return value
}
