import * as z from 'zod'
import { described } from '../../config/described.ts'
import { env, line } from '../../config/setting-values.ts'
import { PACK_COMPRESSIONS, PACK_FORMATS, PACK_TARGETS } from '../../model/pack-spec.ts'
import { isPathInside } from '../../model/packed-paths.ts'
import { isSemanticVersion } from '../../model/semantic-version.ts'
import { ARCHIVE_NAME_WORDS, unknownWords } from '../archive-name.ts'
import { isOnToken, tokenKey } from '../sign/pkcs11-uri.ts'

/** Numbers of a version of Windows have 16 bits. */
const LARGEST = 65_535

/** A text that keeps a rule, which its message says. */
function ruled(rule: (text: string) => string | null): z.ZodType<string, string> {
  return line.refine((text) => rule(text) === null, {
    error: ({ input }) => rule(String(input)) ?? '',
  })
}

const name = ruled((text) =>
  /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(text)
    ? null
    : `${JSON.stringify(text)} is no name of a product: 1 to 40 of a-z, 0-9 and "-", as packages have them`,
)

const version = ruled((text) => {
  if (!isSemanticVersion(text))
    return `${JSON.stringify(text)} is no semantic version, such as 1.4.0 or 2.0.0-rc.1`
  const numbers = text.split(/[-+]/)[0]?.split('.').map(Number) ?? []
  return numbers.some((number) => number > LARGEST)
    ? `${JSON.stringify(text)} has a number above ${LARGEST}, which Windows cannot have`
    : null
})

const archive = ruled((text) => {
  const [unknown] = unknownWords(text)
  if (unknown !== undefined)
    return `{{ ${unknown} }} means nothing; there are ${ARCHIVE_NAME_WORDS.join(', ')}`
  return ['os', 'arch'].every((word) => new RegExp(`\\{\\{\\s*${word}\\s*\\}\\}`).test(text))
    ? null
    : 'it has to have {{ os }} and {{ arch }} in it, or artefacts of two targets have one name'
})

const inside = ruled((text) =>
  isPathInside(text)
    ? null
    : `${JSON.stringify(text)} is no path below the program's directory, with "/" and without ":"`,
)

const mode = ruled((text) =>
  /^0?[0-7]{3}$/.test(text) ? null : `${JSON.stringify(text)} is no mode such as "0644"`,
)

const tokenProblem = (text: string): string | null => {
  if (!isOnToken(text)) return null
  const key = tokenKey(text)
  return 'problem' in key ? key.problem : null
}

const hook = z.strictObject({
  command: z.array(z.string()).min(1).describe('program and arguments; no shell reads them'),
})

const file = z.strictObject({
  from: line.describe('a file, relative to the pack file'),
  to: inside.describe('where it lies beside the executable, with "/"'),
  mode: described(mode, 'its mode on Linux and macOS, in octal digits and quotes', {
    example: '"0600"',
    fallback: '"0644"',
  }),
  config: described(z.boolean(), 'kept at an upgrade where somebody has changed it', {
    example: 'true',
    fallback: 'false',
  }),
})

const service = z.strictObject({
  account: described(line, 'who it runs as; left out, what its system takes by itself', {
    example: 'hello',
  }),
  start: described(z.enum(['auto', 'demand']), 'at boot, or when asked', {
    example: 'demand',
    fallback: 'auto',
  }),
  enable: described(z.boolean(), 'whether installing starts it', {
    example: 'false',
    fallback: 'true',
  }),
  args: described(z.array(z.string()), 'words behind the executable in its command', {
    example: '["--config", "/etc/hello/hello.yaml"]',
  }),
  env: described(env, 'variables; every user of the machine can read them', {
    example: '{ PORT: "8080" }',
  }),
  config: described(
    inside,
    'its configuration file: the `to` of one of `files`; it counts where no STEAD_CONFIG says otherwise',
    { example: 'hello.yaml' },
  ),
})

const signing = z.strictObject({
  certificate: ruled(tokenProblem).describe(
    'a PFX file, relative to the pack file, or a pkcs11: URI with module-path',
  ),
  chain: described(line, 'certificates up to the root, as PEM, that are not with the key', {
    example: 'chain.pem',
  }),
  passwordEnv: described(line, 'the name of the variable that has its password or PIN', {
    example: 'SIGNING_PASSWORD',
  }),
  timestamp: described(line, 'URL of an RFC 3161 time stamp authority', {
    example: 'http://timestamp.example.com',
  }),
  timestampRoots: described(line, 'roots of that authority, as PEM; else those of the system', {
    example: 'timestamp-roots.pem',
  }),
})

/** What one writes in stead.pack.yaml, or under `stead.pack` in package.json. */
export const packSchema = z.strictObject({
  entry: line
    .describe('the module that calls run(), relative to the pack file')
    .meta({ example: 'src/app.ts' }),
  name: described(name, 'the product and its executable; else `name` of package.json', {
    example: 'hello',
  }),
  displayName: described(line, 'a name for people; else the name', { example: 'Hello' }),
  description: described(line, 'one line for people; else that of package.json', {
    example: 'Says hello over HTTP',
  }),
  version: described(version, 'a semantic version; else that of package.json', {
    example: '1.4.0',
  }),
  publisher: described(line, 'who gives it out; else `author` of package.json', {
    example: 'Example Ltd',
  }),
  homepage: described(line, 'a page about it; else that of package.json', {
    example: 'https://example.com/hello',
  }),
  icon: described(line, 'an .ico file, for Windows', { example: 'assets/hello.ico' }),
  license: described(line, 'a file with the text of the licence', { example: 'LICENSE' }),
  targets: described(z.array(z.enum(PACK_TARGETS)).min(1), 'what is made; else all', {
    example: '[linux-x64, win-x64]',
  }),
  formats: described(
    z.array(z.enum(PACK_FORMATS)).min(1),
    'what is made of each target that can have it',
    { example: '[tar.gz, zip, deb, nsis]', fallback: '[tar.gz, zip]' },
  ),
  archiveName: described(archive, 'the name of artefacts without their endings', {
    example: '"{{ name }}-{{ version }}-{{ os }}-{{ arch }}"',
    fallback: '"{{ name }}_{{ version }}_{{ os }}_{{ arch }}"',
  }),
  compression: described(
    z.enum(PACK_COMPRESSIONS),
    'of installers and archives: `best` takes minutes, `fast` seconds, as with --snapshot',
    { example: 'fast', fallback: 'best' },
  ),
  files: described(z.array(file), 'further files beside the executable', {
    example: '[{ from: hello.example.yaml, to: hello.yaml, config: true }]',
  }),
  service: described(
    z.union([service, z.literal(false)]),
    'what installers register; false for a program that is no service',
    { example: '{ enable: false }' },
  ),
  hooks: described(
    z.strictObject({
      before: described(z.array(hook), 'before anything is made', {
        example: '[{ command: [npm, run, build] }]',
      }),
      after: described(z.array(hook), 'when all artefacts are in the output directory', {
        example: '[{ command: [node, upload.js] }]',
      }),
    }),
    'commands, run in the directory of the pack file, one after the other',
    { example: '{ before: [{ command: [npm, run, build] }] }' },
  ),
  codesign: described(
    line.refine((identity) => identity !== '-', 'is an identity; stead signs ad hoc by itself'),
    'the identity by which executables for macOS are signed, on a Mac; left out, they are signed ad hoc, anywhere',
    { example: '"Developer ID Application: Example Ltd (ABCDE12345)"' },
  ),
  signing: described(signing, 'how artefacts for Windows are signed', {
    example: '{ certificate: release.pfx, passwordEnv: SIGNING_PASSWORD }',
  }),
  update: described(
    z.strictObject({
      publicKey: line.describe('a file with public keys of Ed25519, relative to the pack file'),
      privateKey: described(line, 'the private one, where this machine signs what is published', {
        example: 'release.key',
      }),
    }),
    'whose updates the program takes by its verb `update`; left out, it takes none',
    { example: '{ publicKey: release.key.pub }' },
  ),
})

export type PackSettings = z.output<typeof packSchema>
