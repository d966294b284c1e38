import type { Command } from 'commander'
import { SteadError } from '../../errors.ts'
import { composeManager } from '../compose-manager.ts'
import { exitCodeFor, makeOutput } from '../output.ts'

interface Verb {
  readonly name: string
  readonly about: string
  readonly options: readonly string[]
}

/** `completion SHELL`: a script that the shell sources. */
export function completion(shell: string, program: Command): number {
  const output = makeOutput({})
  const verbs = program.commands
    .filter((command) => command.name() !== 'names')
    .map(
      (command): Verb => ({
        name: command.name(),
        about: command.description(),
        options: command.options
          .map((option) => option.long)
          .filter((long) => long !== undefined && long !== null),
      }),
    )
  switch (shell) {
    case 'bash':
      output.answer(bash(verbs))
      return 0
    case 'zsh':
      output.answer(zsh(verbs))
      return 0
    case 'fish':
      output.answer(fish(verbs))
      return 0
  }
  const error = new SteadError('USAGE', {
    problem: `completion is for bash, zsh or fish, not ${JSON.stringify(shell)}`,
  })
  output.error(error)
  return exitCodeFor(error)
}

/** `names`: the services that records are kept of, for a shell that completes; asks no manager. */
export async function names(): Promise<number> {
  const output = makeOutput({})
  for (const scope of ['system', 'user'] as const) {
    const { home, files } = await composeManager({ scope, manager: null, home: null }).catch(
      () => ({ home: null, files: null }),
    )
    const found = home === null ? [] : await files.names(home.specs).catch(() => [])
    for (const file of found)
      if (file.endsWith('.json')) output.answer(file.slice(0, -'.json'.length))
  }
  return 0
}

/** Verbs whose arguments are not names of services. */
const NAMELESS = new Set(['install', 'list', 'completion'])

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ name, options }) => `    ${name}) options='${options.join(' ')}' ;;`)
  return `# source <(stead completion bash)
_stead() {
  local word=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} options=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${verbs.map((v) => v.name).join(' ')}' -- "$word"))
    return
  fi
  case $verb in
${cases.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *)
      case $verb in
        ${[...NAMELESS].join('|')}) COMPREPLY=($(compgen -f -- "$word")) ;;
        *) COMPREPLY=($(compgen -W "$(stead names 2>/dev/null)" -- "$word")) ;;
      esac ;;
  esac
}
complete -F _stead stead`
}

function zsh(verbs: readonly Verb[]): string {
  const rows = verbs.map(
    ({ name, about }) => `    '${name}:${about.replaceAll("'", '’').replaceAll(':', ' -')}'`,
  )
  const cases = verbs.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`)
  return `#compdef stead
# source <(stead completion zsh)
_stead() {
  local -a verbs
  verbs=(
${rows.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi
  if [[ $words[CURRENT] == -* ]]; then
    case $words[2] in
${cases.join('\n')}
    esac
  elif [[ $words[2] == (${[...NAMELESS].join('|')}) ]]; then _files
  else compadd -- \${(f)"$(stead names 2>/dev/null)"}
  fi
}
compdef _stead stead`
}

function fish(verbs: readonly Verb[]): string {
  const rows = verbs.flatMap(({ name, about, options }) => [
    `complete -c stead -n __fish_use_subcommand -a ${name} -d '${about.replaceAll("'", '’')}'`,
    ...options.map(
      (option) =>
        `complete -c stead -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
    ),
  ])
  const named = verbs.map((v) => v.name).filter((name) => !NAMELESS.has(name))
  return [
    '# stead completion fish | source',
    ...rows,
    `complete -c stead -f -n '__fish_seen_subcommand_from ${named.join(' ')}' -a '(stead names 2>/dev/null)'`,
  ].join('\n')
}
