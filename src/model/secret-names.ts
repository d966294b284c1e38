/**
 * Names of settings and variables whose values are masked wherever they are shown. Words are told apart
 * by `_`, `-`, `.` and capitals: `dbPassword` and `DB_PASSWORD` are the same two words.
 */
export const SECRET_WORDS: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secrets',
  'token',
  'tokens',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'apikey',
]

/** Words that make a secret of a `key` behind them: `API_KEY`, `signingKey`. */
export const SECRET_KEYS: readonly string[] = [
  'access',
  'account',
  'api',
  'auth',
  'encryption',
  'license',
  'master',
  'private',
  'secret',
  'session',
  'shared',
  'signing',
  'ssh',
]

/** Last words that say where a secret is, or what about it: `PASSWORD_FILE`, `tokenUrl`, `TOKEN_TTL`. */
export const NOT_SECRET: readonly string[] = [
  'file',
  'files',
  'path',
  'dir',
  'url',
  'uri',
  'ttl',
  'timeout',
  'expiry',
  'length',
  'name',
  'id',
  'type',
  'bytes',
]

/** Whether what is called so is masked. */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  if (NOT_SECRET.includes(words.at(-1) ?? '')) return false
  return words.some(
    (word, index) =>
      SECRET_WORDS.includes(word) ||
      (word === 'key' && SECRET_KEYS.includes(words[index - 1] ?? '')),
  )
}

/** Whether a name says where a secret is, or what about it, and so is none. */
export function isSecretPlace(name: string): boolean {
  return NOT_SECRET.includes(wordsOf(name).at(-1) ?? '')
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** What stands for a value that is not shown. */
export const MASK = '***'

/** A text with the password of every URL in it masked: `postgres://me:***@db/shop`. */
export function maskUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)[^\s@/]+(?=@)/gi, `$1${MASK}`)
}
