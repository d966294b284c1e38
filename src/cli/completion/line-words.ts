/** What can stand on the command line, told by the command line itself, for shells that complete. */
import { constants } from 'node:os'
import type { Argument, Command, Option } from 'commander'

/** What is offered in a place: things that are found out then, or these words. */
export type Offer =
  | 'names'
  | 'services'
  | 'parameters'
  | 'files'
  | 'directories'
  | 'none'
  | readonly string[]

export interface OptionWords {
  /** `-f` and `--file`, as they are written. */
  readonly flags: readonly string[]
  readonly about: string
  /** Null where it takes no value. */
  readonly value: Offer | null
}

export interface VerbWords {
  readonly name: string
  readonly about: string
  readonly options: readonly OptionWords[]
  /** Of its arguments, in their order. */
  readonly offers: readonly Offer[]
  /** The last of them may come again and again. */
  readonly goesOn: boolean
}

const VALUES: Readonly<Record<string, Offer>> = {
  '--scope': ['system', 'user'],
  '--manager': ['systemd', 'launchd', 'scm', 'run-key'],
  '--to': ['leader', 'group', 'tree'],
  '--home': 'directories',
  '--cwd': 'directories',
}

/** Every verb that people see. */
export function verbWords(program: Command): readonly VerbWords[] {
  return program.commands.flatMap((command): VerbWords[] => {
    const name = command.name()
    // It is for scripts such as these.
    if (name === 'names') return []
    const declared = command.registeredArguments
    return [
      {
        name,
        about: command.description(),
        options: command.options.map(optionWords),
        offers: declared.map((argument) => offerOf(name, argument)),
        goesOn: declared.at(-1)?.variadic === true,
      },
    ]
  })
}

function optionWords({ short, long, description, flags, required }: Option): OptionWords {
  const written = [short, long].filter((flag) => flag !== undefined && flag !== null)
  if (!required) return { flags: written, about: description, value: null }
  const value = VALUES[long ?? ''] ?? (/<(file|path)>/.test(flags) ? 'files' : 'none')
  return { flags: written, about: description, value }
}

function offerOf(verb: string, argument: Argument): Offer {
  switch (argument.name()) {
    case 'name':
      // A name that there is not yet is nobody's to offer; instances are counted by service.
      return verb === 'install' ? 'none' : verb === 'scale' ? 'services' : 'names'
    // Of the service that is named first.
    case 'key=value':
      return 'parameters'
    case 'signal':
      return Object.keys(constants.signals).map((signal) => signal.replace(/^SIG/, ''))
    case 'shell':
      return ['bash', 'zsh', 'fish']
    case 'verify':
      return ['verify']
    case 'kind':
      return verb === 'export' ? ['systemd', 'supervisord'] : 'files'
    case 'path':
    case 'file':
      return 'files'
    case 'verb':
      return 'none'
  }
  return 'none'
}

/** What the value of an option is, by what it is written as; where verbs differ, of the first. */
export function valuesOf(verbs: readonly VerbWords[]): ReadonlyMap<string, Offer> {
  const all = new Map<string, Offer>()
  for (const { options } of verbs) {
    for (const { flags, value } of options) {
      for (const flag of flags) {
        if (value !== null && value !== 'none' && !all.has(flag)) all.set(flag, value)
      }
    }
  }
  return all
}

/** Text in single quotes for any of the shells: those of its own become typographic. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`
}
