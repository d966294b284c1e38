/** The verb that packs. What it does is loaded when it is asked for. */
import type { Command } from 'commander'
import { several } from './guard-verbs.ts'
import { addCommonOptions } from './program.ts'
import type { PackOptions } from './verbs/pack.ts'
import type { PackInitOptions } from './verbs/pack-init.ts'
import type { PackVerifyOptions } from './verbs/pack-verify.ts'

/** Adds `pack` with `init` and `verify`. */
export function addPackVerbs(program: Command, all: boolean, exit: (code: number) => void): void {
  const command = program
    .command('pack')
    .description('executables, archives and installers of a service, for every system')
  addCommonOptions(command, all)
    .usage(
      '[options]\n       stead pack init [--entry FILE]\n       stead pack verify CHECKSUMS --key PUBLIC-KEY',
    )
    .option('-f, --file <file>', 'the pack file (default: stead.pack.yaml, or package.json)')
    .option('-o, --output <dir>', 'where artefacts go', 'artefacts')
    .option('--only <target>', 'this target alone, such as win-x64; may be repeated', several, [])
    .option('--snapshot', 'no release: version of the commit, not signed, no hooks after')
    .option('--dry-run', 'show what would be made')
    .action(async (options: PackOptions) =>
      exit(await (await import('./verbs/pack.ts')).pack(options)),
    )
  // Options that `pack` has as well are read by it, wherever they stand.
  addCommonOptions(command.command('init'), all)
    .description('write stead.pack.yaml, and a workflow that packs on a tag')
    .option('--entry <file>', 'the module that calls run()')
    .option('--force', 'write over files that are there')
    .action(async (_: PackInitOptions, init: Command) =>
      exit(await (await import('./verbs/pack-init.ts')).packInit(init.optsWithGlobals())),
    )
  addCommonOptions(command.command('verify <checksums>'), all)
    .description('check artefacts by the signed list of their checksums')
    .requiredOption('--key <file>', 'the public key of who published them')
    .action(async (file: string, _: PackVerifyOptions, verify: Command) =>
      exit(
        await (await import('./verbs/pack-verify.ts')).packVerify(file, verify.optsWithGlobals()),
      ),
    )
}
