import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import { PROGRAM_DEFAULTS } from '../model/program-spec.ts'
import type { Loss } from './loss.ts'

/** What an export gives. */
export interface Exported {
  readonly files: readonly { readonly name: string; readonly text: string }[]
  readonly losses: readonly Loss[]
}

/** What is exported, and where its settings are written. */
export interface ExportSource {
  readonly spec: GuardSpec
  /** The stead.yaml as it is shown. */
  readonly file: string
  /** The line of a setting, from 1. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
  /** A remote source has a say in it. */
  readonly hasRemote: boolean
}

/** Why a sealed value of `env` is not carried over. */
export const SEALED = 'it is sealed, and opens in stead alone'

export type Exporter = (source: ExportSource) => Exported

/** Gathers what is lost of a service. */
export interface Losing {
  readonly losses: Loss[]
  readonly lose: (
    service: string | null,
    setting: string,
    why: string,
    instead?: string | null,
  ) => void
}

/** What only a guard does, with what is lost where a manager starts the programs by itself. */
function lossesOfAll({ spec, file, lineOf, hasRemote }: ExportSource): Loss[] {
  const lost: readonly (readonly [boolean, string, string])[] = [
    [hasRemote, 'remote', 'these are the settings of now; later ones are not followed'],
    [(spec.access ?? []).length > 0, 'access', 'there is no guard that anybody asks'],
    [spec.controlTcp !== undefined, 'control', 'there is no guard that anybody asks'],
    [spec.metrics !== undefined, 'metrics', 'nothing is measured'],
    [spec.events !== undefined, 'events', 'nobody is told of events'],
    [spec.config !== undefined, 'configuration', 'changes are neither watched for nor tried'],
  ]
  return lost.flatMap(([isThere, setting, why]) =>
    isThere ? [{ file, line: lineOf([setting]), service: null, setting, why, instead: null }] : [],
  )
}

export function losing(source: ExportSource): Losing {
  const { file, lineOf } = source
  const losses = lossesOfAll(source)
  return {
    losses,
    lose(service, setting, why, instead = null) {
      const path =
        service === null ? ['groups', setting] : ['services', service, ...setting.split('.')]
      losses.push({ file, line: lineOf(path), service, setting, why, instead })
    },
  }
}

/** Is a setting other than it is by itself? */
export function isSet(program: ProgramSpec, setting: keyof typeof PROGRAM_DEFAULTS): boolean {
  return JSON.stringify(program[setting]) !== JSON.stringify(PROGRAM_DEFAULTS[setting])
}

/** Names in an order in which what is waited for comes first. */
export function inOrder(programs: readonly ProgramSpec[]): Map<string, number> {
  const byName = new Map(programs.map((one) => [one.name, one]))
  const depths = new Map<string, number>()
  const depthOf = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    depths.set(name, 0)
    const needs = Object.keys(byName.get(name)?.dependsOn ?? {}).map(depthOf)
    const depth = needs.length === 0 ? 0 : Math.max(...needs) + 1
    depths.set(name, depth)
    return depth
  }
  for (const { name } of programs) depthOf(name)
  return depths
}
