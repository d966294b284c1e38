import { dirname } from 'node:path'
import { SteadError } from '../../errors.ts'
import { type Draft, emptyDraft, lose } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { type Importer, type Source, shown } from '../source.ts'
import { table } from '../table.ts'
import type { IniSection } from './ini.ts'
import { addProgram } from './program.ts'
import { environmentIn, readSections } from './read.ts'
import { booleanOf, expand, pairsOf } from './values.ts'

/** Settings of [supervisord] that are about supervisord itself, and mean nothing for its programs. */
const ITS_OWN = new Set(
  'logfile logfile_maxbytes logfile_backups loglevel pidfile identifier nodaemon silent childlogdir nocleanup strip_ansi'.split(
    ' ',
  ),
)
const FOR_ALL = ['umask', 'user', 'directory', 'minfds', 'minprocs', 'environment']
/** What it has of its own, and what takes the place of that in stead. */
const SERVERS = table<string>({
  unix_http_server: 'a guard has a socket of its own, for its user and root',
  inet_http_server: 'a guard listens on no port; its socket speaks the same XML-RPC',
})

/** The programs of a supervisord configuration (supervisor 4.2, its manual "Configuration File"). */
export const importSupervisord: Importer = (source) => {
  const draft = emptyDraft()
  const sections = readSections(source, draft)
  draft.notes.push(`Made by "stead import supervisord" out of ${shown(source, source.path)}.`)
  forAll(sections.get('supervisord'), source, draft)
  const programs = new Map<string, readonly string[]>()
  const groupOf = groupsIn(sections, draft)
  for (const section of sections.values()) {
    const [kind, name = ''] = splitOnce(section.name)
    if (kind === 'program') {
      const group = groupOf.get(name) ?? name
      programs.set(name, addProgram({ section, name, group, source, draft }))
    } else loseSection(section, kind, draft)
  }
  for (const section of sections.values()) {
    const [kind, name = ''] = splitOnce(section.name)
    if (kind !== 'group') continue
    const members = membersOf(section).flatMap((member) =>
      groupOf.get(member) === name ? (programs.get(member) ?? []) : [],
    )
    draft.groups.push({ name: name.trim(), place: section, services: [...new Set(members)] })
  }
  // What runs several times under names of its own stays one thing to name.
  for (const [name, members] of programs) {
    if (members.length > 1 && !groupOf.has(name)) {
      const place = sections.get(`program:${name}`) ?? { file: '', line: 1 }
      draft.groups.push({ name, place, services: members })
    }
  }
  return draft
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(':')
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1).trim()]
}

function membersOf(section: IniSection): string[] {
  const written = section.options.get('programs')?.value ?? ''
  return written.split(',').map((name) => name.trim())
}

/** Which group a program is in; supervisord refuses a group of a program that is not there. */
function groupsIn(sections: ReadonlyMap<string, IniSection>, draft: Draft): Map<string, string> {
  const groupOf = new Map<string, string>()
  for (const section of sections.values()) {
    const [kind, group = ''] = splitOnce(section.name)
    if (kind !== 'group') continue
    for (const [name, { file, line }] of section.options) {
      if (name === 'programs') continue
      const why =
        name === 'priority'
          ? 'stead has no order but that of dependencies'
          : unknownSetting(name, ['programs', 'priority'])
      const instead = name === 'priority' ? 'dependsOn, for what has to wait for something' : null
      lose(draft, { service: null, setting: `${section.name}.${name}`, file, line, why, instead })
    }
    const place = section.options.get('programs') ?? section
    for (const member of membersOf(section)) {
      if (sections.has(`fcgi-program:${member}`)) continue
      if (!sections.has(`program:${member}`)) {
        throw new SteadError('FOREIGN_INVALID', {
          source: place.file,
          problems: [
            `${place.file}:${place.line}: the group ${group} has a program ${JSON.stringify(member)} that there is not`,
          ],
        })
      }
      if (groupOf.has(member)) {
        const why = `${member} is in the group ${groupOf.get(member)} already, and supervisord would run it twice`
        lose(draft, { ...at(place), service: member, setting: section.name, why, instead: null })
      } else groupOf.set(member, group)
    }
  }
  return groupOf
}

function at({ file, line }: { file: string; line: number }): { file: string; line: number } {
  return { file, line }
}

function loseSection(section: IniSection, kind: string, draft: Draft): void {
  const { name, file, line } = section
  const say = (why: string, instead: string | null): void =>
    lose(draft, { service: null, setting: `[${name}]`, file, line, why, instead })
  if (kind === 'eventlistener')
    say('stead has no event listeners', 'a program that follows "stead events -f --json"')
  else if (kind === 'fcgi-program')
    say(
      'it has a protocol of its own for its socket',
      'sockets, which are handed over as systemd does',
    )
  else if (kind === 'rpcinterface' && name !== 'rpcinterface:supervisor')
    say('plugins of supervisord cannot be loaded', null)
  else if (name in SERVERS && name === 'inet_http_server')
    say(SERVERS[name] as string, 'ssh, or a proxy of your own before the socket')
  else if (
    ![
      'supervisord',
      'supervisorctl',
      'unix_http_server',
      'rpcinterface',
      'include',
      'group',
      'DEFAULT',
    ].includes(kind)
  )
    say(
      unknownSetting(kind, [
        'program',
        'group',
        'eventlistener',
        'fcgi-program',
        'include',
        'supervisord',
      ]),
      null,
    )
}

/** What [supervisord] says of all programs. */
function forAll(section: IniSection | undefined, source: Source, draft: Draft): void {
  if (section === undefined) return
  const own: string[] = []
  for (const [name, { value, file, line, path }] of section.options) {
    const say = (why: string, instead: string | null = null): void =>
      lose(draft, { service: null, setting: `supervisord.${name}`, file, line, why, instead })
    if (ITS_OWN.has(name)) own.push(name)
    else if (name === 'environment') {
      const known = environmentIn(source)
      const expanded = expand(value, (one) => (one === 'here' ? dirname(path) : known(one)))
      const pairs = 'text' in expanded ? pairsOf(expanded.text) : null
      if (pairs === null) say('it cannot be read as KEY="value",KEY2="value2"')
      else if (Object.keys(pairs).length > 0) draft.defaults.env = pairs
    } else if (
      name === 'umask' &&
      booleanOf(section.options.get('nodaemon')?.value ?? '') === true
    ) {
      // Only daemonize() of supervisord sets it.
      own.push(name)
    } else if (name === 'umask') {
      if (/^[0-7]{1,4}$/.test(value)) draft.defaults.umask = value.slice(-3)
      else say('it is not an octal number')
    } else if (name === 'minfds') {
      const files = Number(value)
      if (Number.isInteger(files) && files > 1024) draft.defaults.limits = { openFiles: files }
    } else if (name === 'user' || name === 'directory' || name === 'minprocs') {
      say(
        `it is about supervisord itself, and its programs have it from there`,
        {
          user: 'start the guard as this user, or write user for each service',
          directory: 'start with cwd in each service',
          minprocs: 'limits.processes',
        }[name],
      )
    } else say(unknownSetting(name, [...ITS_OWN, ...FOR_ALL]))
  }
  if (own.length > 0)
    draft.notes.push(`Left out, for it is about supervisord's own process: ${own.join(', ')}.`)
}
