/** The verbs about configurations themselves. What a verb does is loaded when it is asked for. */
import type { Command } from 'commander'
import { FILE, PROFILE, SET } from './guard-verbs.ts'
import { addCommonOptions } from './program.ts'
import type { ConfigOptions } from './verbs/config.ts'
import type { FileOptions } from './verbs/guard-control.ts'

const load = () => import('./verbs/config.ts')
const past = () => import('./verbs/config-history.ts')

/** Adds `config` with `show`, `check`, `history`, `diff` and `rollback`. */
export function addConfigVerbs(program: Command, all: boolean, exit: (code: number) => void): void {
  const config = program
    .command('config')
    .description('what a configuration is made of, and whether it would be taken')
  const under = (name: string, about: string): Command =>
    addCommonOptions(config.command(name).description(about), all)
      .option(...PROFILE)
      .option(...SET)
  under('show', 'each setting with the layer, file and line it is from, and what that hides')
    .argument('[name]', 'a service, or settings below a name such as services.web.env')
    .option(...FILE)
    .action(async (name: string | undefined, options: ConfigOptions) =>
      exit(await (await load()).show(name, options)),
    )
  under('check', 'say everything that is wrong with a stead.yaml or a service file')
    .argument('[file]', 'the file (default: stead.yaml of this directory, or above it)')
    .action(async (file: string | undefined, options: ConfigOptions) =>
      exit(await (await load()).check(file, options)),
    )
  const ofGuard = (name: string, about: string): Command =>
    addCommonOptions(config.command(name).description(about), all).option(...FILE)
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
