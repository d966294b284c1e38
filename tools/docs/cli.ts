import type { Command } from 'commander'
import { buildProgram } from '../../src/cli/program.ts'

/** docs/reference/cli.md: every verb with all its options, out of the definitions that parse them. */
export function cliReference(): string {
  const program = buildProgram({ rest: [], all: true, exit: () => {} })
  const verbs = program.commands.filter((command) => command.name() !== 'names')
  return `${[
    '<!-- Written by "npm run docs" from src/cli/program.ts; do not edit. -->',
    '# The command line',
    program.description(),
    ['```text', 'stead VERB [options]', '```'].join('\n'),
    ['| verb | |', '|---|---|', ...verbs.map(rowOf)].join('\n'),
    'Errors are one line `error: CODE: message` and one line `hint: …` on standard error; [errors.md](errors.md) lists them with the exit codes. Without `--home` and `STEAD_HOME` stead keeps what it needs in the directories of the platform.',
    ...verbs.map(sectionOf),
  ].join('\n\n')}\n`
}

function rowOf(verb: Command): string {
  return `| [${verb.name()}](#${verb.name()}) | ${cell(verb.description())} |`
}

function sectionOf(verb: Command): string {
  const help = verb.createHelp()
  const options = help
    .visibleOptions(verb)
    .map((option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(option.description)} |`)
  const usage = [`stead ${verb.name()} ${verb.usage()}`.trim()].join('\n')
  return [
    `## ${verb.name()}`,
    `${verb.description()}.`,
    ['```text', usage.replaceAll('\n       ', '\n'), '```'].join('\n'),
    ['| option | |', '|---|---|', ...options].join('\n'),
  ].join('\n\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
