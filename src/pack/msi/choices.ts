import type { PackSpec } from '../../model/pack-spec.ts'
import { ENABLE_UPDATE, installSettings, startsByItself } from '../install-settings.ts'
import { type Action, condition, setProperty } from './actions.ts'
import { element } from './xml.ts'

/** A public property of the package. */
export interface Choice {
  readonly property: string
  /** Null where Windows Installer has one of its own. */
  readonly value: string | null
  /** All that it may be; null for any text. */
  readonly oneOf: readonly string[] | null
}

/** What whoever installs can choose. */
export function choicesOf(spec: PackSpec): readonly Choice[] {
  const directory = { property: 'INSTALLDIR', value: null, oneOf: null }
  if (spec.service === null) return [directory]
  return [
    directory,
    { property: 'AUTOSTART', value: startsByItself(spec) ? '1' : '0', oneOf: ['0', '1'] },
    { property: 'RESTART', value: 'on-failure', oneOf: ['no', 'on-failure', 'always'] },
    // What Windows Installer has installed is its own to renew, until somebody says otherwise.
    ...installSettings(spec, '0').map(({ property, value }) => ({
      property,
      value,
      oneOf: property === ENABLE_UPDATE ? ['0', '1'] : null,
    })),
  ]
}

/** Where the package keeps what was chosen: below HKLM, which administrators alone write to. */
export function memoryKey({ name }: PackSpec): string {
  return `Software\\${name}`
}

/** The directory of the version before. */
export const PREVIOUS_DIRECTORY = 'PreviousDirectory'
/**
 * The product code of who has registered the service. A newer version has taken it over by the time the older one is
 * removed; UPGRADINGPRODUCTCODE would say so too, but not in Wine.
 */
export const OWNER = 'Owner'
/** The command by which the installed version was registered. */
export const REGISTRATION = 'Registration'

const QUOTE = 'Quote'

/** What is found of the version before, each with its name in the memory; names with small letters are private. */
const FACTS: readonly (readonly [property: string, name: string])[] = [
  [PREVIOUS_DIRECTORY, 'INSTALLDIR'],
  [OWNER, OWNER],
  [REGISTRATION, REGISTRATION],
]

/** AppSearch sets public properties alone (AppSearch Table). */
function foundAs(property: string): string {
  return `FOUND_${property.toUpperCase()}`
}

/** Facts are what was found and nothing else: what a command line says of them is forgotten before. */
export function factActions(): readonly Action[] {
  return FACTS.flatMap(([property], index) => {
    const found = foundAs(property)
    return [
      setProperty(`Forget_${property}`, found, '[Nothing]', found, 90 + index),
      setProperty(`Take_${property}`, property, `[${found}]`, found, 301 + index),
    ]
  })
}

/**
 * The command line first, then what was chosen for the version before, then the pack file. AppSearch, which reads the
 * second, knows nothing of the first: that is saved before and put back behind it.
 */
export function choiceActions(spec: PackSpec): readonly Action[] {
  return choicesOf(spec).flatMap(({ property, value }, index) => [
    setProperty(`Save_${property}`, `GIVEN_${property}`, `[${property}]`, property, 100 + index),
    setProperty(
      `Put_${property}`,
      property,
      `[GIVEN_${property}]`,
      `GIVEN_${property}`,
      310 + index,
    ),
    ...(value === null || value === ''
      ? []
      : [
          setProperty(
            `Else_${property}`,
            property,
            { text: value },
            `NOT ${property}`,
            480 + index,
          ),
        ]),
  ])
}

/** The properties, each with the place where it was remembered. */
export function choiceProperties(spec: PackSpec): string[] {
  return [
    ...choicesOf(spec).flatMap(({ property }) => remembered(spec, property, property)),
    ...FACTS.flatMap(([property, name]) => remembered(spec, foundAs(property), name)),
    ...element('Property', { Id: QUOTE, Value: '"' }),
    ...choicesOf(spec).flatMap(refusals),
  ]
}

/** A property with the value of a name in the memory of the package. */
function remembered(spec: PackSpec, property: string, name: string): string[] {
  return element('Property', { Id: property }, [
    ...element('RegistrySearch', {
      Id: `Find_${property}`,
      Root: 'HKLM',
      Key: memoryKey(spec),
      Name: name,
      Type: 'raw',
      Win64: 'yes',
    }),
  ])
}

/**
 * A quote, or a backslash in front of the one that ends it, would begin another word of the command that registers
 * the service. What is remembered was looked at when it came; an uninstallation asks nobody.
 */
function refusals({ property, oneOf }: Choice): string[] {
  if (property === 'INSTALLDIR') return []
  const good =
    oneOf === null
      ? `NOT (${property} >< ${QUOTE} OR ${property} >> "\\")`
      : oneOf.map((value) => `${property} = "${value}"`).join(' OR ')
  const rule =
    oneOf === null ? 'may have no quote, and no backslash at its end' : `is ${oneOf.join(' or ')}`
  return [condition(`${property} ${rule}.`, `Installed OR ${good}`)]
}
