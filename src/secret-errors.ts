import { entry, quoted } from './error-entry.ts'

/** The part of the table of errors that is about sealed values, their keys, and signatures. */
export const secretErrors = {
  KEY_MISSING: entry<{ file: string }>({
    exit: 6,
    about: 'A value is to be sealed or opened and there is no key on this machine.',
    message: (p) =>
      `there is no key: neither STEAD_KEY nor STEAD_KEY_FILE is set, and there is no ${p.file}`,
    hint: () => 'make one: stead secret keygen; or bring the file of the machine that sealed',
  }),
  KEY_UNUSABLE: entry<{ reason: string }>({
    exit: 6,
    about: 'The key file that was found cannot be used: its mode, its owner, or what is in it.',
    message: (p) => p.reason,
    hint: () => 'docs/guide/secrets.md says where keys are looked for, and how they are written',
  }),
  KEY_EXISTS: entry<{ path: string }>({
    exit: 1,
    about: 'A key file is there already; replacing it would make all that it sealed unreadable.',
    message: (p) => `${p.path} is there already`,
    hint: () =>
      'add a newer key in front of it: stead secret keygen --add; then stead secret rotate',
  }),
  SIGNATURE_REFUSED: entry<{ file: string; reason: string; document?: string; put?: string }>({
    exit: 6,
    about:
      'A configuration has to be signed and is not, was changed since, is signed by another key, or is older than one that was accepted. What runs goes on as it was.',
    message: (p) => `${p.file} is refused: ${p.reason}`,
    hint: ({ document, put }) => {
      const sign = `stead config sign ${document === undefined ? '' : `${document} `}--key FILE`
      return `sign what is there now: ${sign}${put === undefined ? '' : `; then ${put}`}`
    },
  }),
  SECRET_REFUSED: entry<{ setting: string; reason: string }>({
    exit: 6,
    about:
      'A sealed value cannot be opened: another key, another setting, another version, or damage. The value is never shown.',
    message: (p) => `${p.setting}: ${p.reason}`,
    hint: (p) => `seal it again for this setting: stead secret seal ${quoted(p.setting)}`,
  }),
} as const
