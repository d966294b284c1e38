import type { PackedFacts } from '../platform/packed/facts.ts'
import type { Service } from '../service/define-service.ts'

const VERBS: Readonly<Record<string, string>> = {
  install: 'have the service manager of this machine run it',
  uninstall: 'stop it, and take it from the service manager',
  start: 'start the installed service',
  stop: 'stop it, and wait until it has',
  restart: 'stop it, and start it again',
  pause: 'have it hold its work',
  resume: 'have it go on',
  reload: 'have it read its configuration again',
  status: 'how it is: exit code 0 running, 3 not running, 4 not installed',
}

/** What a packed service says of itself to `--help`: it is used by people who know nothing of stead. */
export function selfHelp(service: Service, { name, version, updateKeys }: PackedFacts): string {
  const verbs = {
    ...VERBS,
    ...(updateKeys === null ? {} : { update: 'take a version that its publisher has signed' }),
  }
  const about = service.description === null ? [] : [service.description]
  return [
    `${service.displayName ?? name} ${version}`,
    ...about,
    '',
    `  ${name}                  run it here, until Ctrl-C`,
    `  ${name} VERB [options]   VERB --help has the options of each`,
    '',
    ...Object.entries(verbs).map(([verb, text]) => `  ${verb.padEnd(10)} ${text}`),
  ].join('\n')
}
