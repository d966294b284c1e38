import { entry, quoted } from './error-entry.ts'

/** The part of the table of errors that is about packing. */
export const packErrors = {
  PACK_FILE_INVALID: entry<{ source: string; problems: readonly string[] }>({
    exit: 2,
    about:
      'A pack file has settings that cannot be used; all of them are listed, with their places.',
    message: (p) =>
      p.problems.length === 1
        ? (p.problems[0] as string)
        : `${p.source} has ${p.problems.length} problems\n${p.problems.join('\n')}`,
    hint: () =>
      'correct what is named; docs/reference/pack-file.md lists each setting with an example',
  }),
  PACK_FILE_MISSING: entry<{ directory: string }>({
    exit: 2,
    about: 'There is no pack file: neither stead.pack.yaml nor "stead.pack" in package.json.',
    message: (p) =>
      `there is no stead.pack.yaml in ${p.directory}, and no stead.pack in package.json`,
    hint: () => 'write one: stead pack init; or name it: stead pack -f FILE',
  }),
  PACK_PACKAGE_MISSING: entry<{ name: string; needed: string }>({
    exit: 2,
    about: 'An npm package that packing needs is not installed; stead itself does not bring it.',
    message: (p) => `the npm package ${p.name} is needed ${p.needed}, and is not installed`,
    hint: (p) => `install it: npm install --save-dev ${p.name}`,
  }),
  PACK_NOT_AUTHENTIC: entry<{ source: string; problems: readonly string[] }>({
    exit: 1,
    about:
      'Artefacts are not what their publisher has signed: the signature, the list, or files of it.',
    message: (p) => `${p.source} is not what was published: ${p.problems.join('; ')}`,
    hint: () => 'fetch it again from its publisher, and do not use what is here',
  }),
  PACK_TOOL_MISSING: entry<{ executables: readonly string[]; packages: readonly string[] }>({
    exit: 2,
    about: 'Programs that a format needs are not on this machine. Nothing has been built.',
    message: (p) => `there is no ${p.executables.join(', no ')} on this machine`,
    hint: (p) => `install what is missing: apt-get install ${p.packages.join(' ')}`,
  }),
  PACK_TOOL_FAILED: entry<{ tool: string; product: string; reason: string }>({
    exit: 1,
    about: 'A program that makes an artefact failed; what it said is part of the message.',
    message: (p) => `${p.tool} could not make ${p.product}: ${p.reason}`,
    hint: () => 'correct what it names; the output directory is as it was',
  }),
  PACK_ENTRY_INVALID: entry<{ entry: string; problems: readonly string[] }>({
    exit: 2,
    about:
      'The program that is to be packed cannot be bundled: it does not compile, or a module is missing.',
    message: (p) => `${p.entry} cannot be bundled\n${p.problems.join('\n')}`,
    hint: () => 'correct the places named; nothing has been built',
  }),
  PACK_RUNTIME_UNAVAILABLE: entry<{ runtime: string; reason: string }>({
    exit: 1,
    about:
      'A runtime is not in the cache and npm could not fetch it: no network, or the registry refuses.',
    message: (p) => `${p.runtime} could not be fetched: ${p.reason}`,
    hint: () =>
      'check the network and the registry that npm uses: npm ping; what was fetched once is kept',
  }),
  PACK_RUNTIME_DAMAGED: entry<{ runtime: string; path: string }>({
    exit: 1,
    about:
      'What is in the cache, or what npm fetched, is not the package that stead knows by its hash.',
    message: (p) => `${p.runtime} in ${p.path} is not what it is known to be: its hash differs`,
    hint: (p) => `remove it, and it is fetched again: rm ${p.path}`,
  }),
  PACK_HOOK_FAILED: entry<{ command: string; reason: string }>({
    exit: 1,
    about: 'A hook of a pack file could not be run, or ended with a failure.',
    message: (p) => `the hook ${quoted(p.command)} failed: ${p.reason}`,
    hint: () => 'run it by itself in the directory of the pack file',
  }),
  PACK_OUTPUT_UNWRITABLE: entry<{ path: string; reason: string }>({
    exit: 1,
    about: 'Artefacts could not be written: no right, no room. Nothing half-made is left.',
    message: (p) => `cannot write to ${p.path}: ${p.reason}`,
    hint: () =>
      'make room or name another directory: stead pack -o DIR; each target takes about 300 MB while it is made',
  }),
  PACKED_DAMAGED: entry<{ asset: string; executable: string }>({
    exit: 6,
    about:
      'A native addon inside a packed executable is not what was packed: the file was damaged or changed.',
    message: (p) => `${p.asset} inside ${p.executable} is not what was packed: its hash differs`,
    hint: () => 'install the program again from where it came',
  }),
  PACKED_NO_PLACE: entry<{ asset: string; tried: readonly string[] }>({
    exit: 6,
    about:
      'A packed executable has to put a native addon into a directory that nobody else can write to, and there is none.',
    message: (p) =>
      `there is no directory for ${p.asset} that only this account can write to${p.tried.map((one) => `; ${one}`).join('')}`,
    hint: () =>
      'give the account one: CacheDirectory= in a unit of systemd, else HOME or XDG_CACHE_HOME',
  }),
  PACK_SIGNING_FAILED: entry<{ file: string; reason: string }>({
    exit: 1,
    about:
      'A file could not be signed: the certificate, its password, its time, or the authority for time stamps.',
    message: (p) => `${p.file} could not be signed: ${p.reason}`,
    hint: () =>
      'docs/guide/signing.md says which certificates are taken, and where passwords come from',
  }),
} as const
