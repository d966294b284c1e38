/** The verbs about configurations themselves. What a verb does is loaded when it is asked for. */
import type { Command } from 'commander'
import type { CommonOptions } from './context.ts'
import { GUARD_FILE, PROFILE, REMOTE, SET } from './guard-verbs.ts'
import { addCommonOptions } from './program.ts'
import type { ConfigOptions } from './verbs/config.ts'
import type { SignOptions } from './verbs/config-sign.ts'
import type { FileOptions } from './verbs/guard-control.ts'

const load = () => import('./verbs/config.ts')
const signing = () => import('./verbs/config-sign.ts')
const past = () => import('./verbs/config-history.ts')

/** Adds `config` with what looks at configurations, signs them, and goes back to them. */
export function addConfigVerbs(program: Command, all: boolean, exit: (code: number) => void): void {
  const config = program
    .command('config')
    .description('what a configuration is made of, and whether it would be taken')
  const under = (name: string, about: string): Command =>
    addCommonOptions(config.command(name).description(about), all)
      .option(...PROFILE)
      .option(...SET)
      .option(...REMOTE)
  under('show', 'each setting with the layer, file and line it is from, and what that hides')
    .argument('[name]', 'a service, or settings below a name such as services.web.env')
    .option(...GUARD_FILE)
    .option('--running', 'what the guard runs, its version, and what the files say otherwise')
    .action(async (name: string | undefined, options: ConfigOptions & { running?: true }) =>
      exit(
        options.running === true
          ? await (await import('./verbs/config-running.ts')).showRunning(name, options)
          : await (await load()).show(name, options),
      ),
    )
  under('check', 'say everything that is wrong with a stead.yaml or a service file')
    .argument('[file]', 'the file (default: stead.yaml of this directory, or above it)')
    .action(async (file: string | undefined, options: ConfigOptions) =>
      exit(await (await load()).check(file, options)),
    )
  const signed = (name: string, about: string): Command =>
    addCommonOptions(config.command(name).description(about), all).option(...PROFILE)
  addCommonOptions(config.command('keygen').description('make a pair of keys that sign'), all)
    .argument('<file>', 'the private key; the public one is FILE.pub')
    .action(async (file: string, options: CommonOptions) =>
      exit(await (await signing()).keygen(file, options)),
    )
  signed('sign', 'sign a stead.yaml and all that it includes, into FILE.sig')
    .argument('[file]', 'the file (default: stead.yaml of this directory, or above it)')
    .requiredOption('-k, --key <file>', 'the private key')
    .option(
      '--sequence <number>',
      'of this version (default: of the clock); older ones are refused',
    )
    .option('--as <name>', 'where it is put as a remote document: the end of its path or key')
    .action(async (file: string | undefined, options: SignOptions) =>
      exit(await (await signing()).sign(file, options)),
    )
  signed('verify', 'make sure that a stead.yaml, or a remote document, is what was signed')
    .argument('[file]', 'the file (default: stead.yaml of this directory, or above it)')
    .requiredOption('-k, --key <file>', 'the public keys that are trusted')
    .option('--remote <source>', 'what stands there instead: an address, or a file about it')
    .action(async (file: string | undefined, options: SignOptions) =>
      exit(await (await signing()).verify(file, options)),
    )
  const ofGuard = (name: string, about: string): Command =>
    addCommonOptions(config.command(name).description(about), all).option(...GUARD_FILE)
  ofGuard('history', 'what the guard has taken over, with who, when and the outcome').action(
    async (options: FileOptions) => exit(await (await past()).history(options)),
  )
  ofGuard('diff', 'the settings that two versions have differently')
    .argument('[from]', 'a version (default: the one before the newest)')
    .argument('[to]', 'another (default: the newest)')
    .action(async (from: string | undefined, to: string | undefined, options: FileOptions) =>
      exit(await (await past()).diff(from, to, options)),
    )
  ofGuard('rollback', 'take an earlier version over again; the file stays as it is')
    .argument('<version>', 'its number')
    .action(async (number: string, options: FileOptions) =>
      exit(await (await past()).rollback(number, options)),
    )
}
