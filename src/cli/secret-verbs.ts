/** The verbs for sealed values. What a verb does is loaded when it is asked for. */
import type { Command } from 'commander'
import { addCommonOptions } from './program.ts'
import type { KeygenOptions, KeyOptions, OpenOptions } from './verbs/secret.ts'

const load = () => import('./verbs/secret.ts')
const KEY_FILE = [
  '-k, --key-file <file>',
  'the keys (default: STEAD_KEY, STEAD_KEY_FILE, the credential stead.key, this home)',
] as const

/** Adds `secret` with `keygen`, `seal`, `open` and `rotate`. */
export function addSecretVerbs(program: Command, all: boolean, exit: (code: number) => void): void {
  const secret = program
    .command('secret')
    .description('values in configuration files that only a key opens: ENC(…)')
  const under = (name: string, about: string): Command =>
    addCommonOptions(secret.command(name).description(about), all).option(...KEY_FILE)
  under('keygen', 'make a key that seals and opens')
    .option('--add', 'in front of the keys in the file, which go on opening what they sealed')
    .option('--dpapi <scope>', 'on Windows: protect the file for this user or this machine')
    .action(async (options: KeygenOptions) => exit(await (await load()).keygen(options)))
  under('seal', 'seal standard input for a setting, such as services.web.env.PASSWORD')
    .argument('<setting>', 'where it will stand; it opens nowhere else')
    .action(async (setting: string, options: KeyOptions) =>
      exit(await (await load()).seal(setting, options)),
    )
  under('open', 'print what is sealed, for those who may read the key')
    .argument('<setting>', 'where it stands')
    .option('-f, --file <file>', 'take it out of this file, not from standard input')
    .action(async (setting: string, options: OpenOptions) =>
      exit(await (await load()).open(setting, options)),
    )
  under('rotate', 'seal everything in files anew, with the newest key')
    .argument('<file...>', 'YAML, JSON, TOML and env files')
    .action(async (files: string[], options: KeyOptions) =>
      exit(await (await load()).rotate(files, options)),
    )
}
