import {
  PACK_TARGETS,
  type PackFormat,
  type PackSpec,
  type PackTarget,
} from '../model/pack-spec.ts'
import type { FormatBuilder, PackTool } from '../model/staged-product.ts'
import { archiveName } from './archive-name.ts'

/** What is made for one target. */
export interface TargetPlan {
  readonly target: PackTarget
  /** Of its artefacts, without endings. */
  readonly name: string
  readonly formats: readonly PackFormat[]
}

export interface PackPlan {
  readonly targets: readonly TargetPlan[]
  /** What the machine that packs has to have. */
  readonly tools: readonly PackTool[]
  /** Targets that no format is for. */
  readonly without: readonly PackTarget[]
}

/**
 * What will be made. Asked for both kinds of archives, each target gets the one that its users expect: zip on
 * Windows, tar.gz elsewhere.
 */
export function packPlan(spec: PackSpec, builders: readonly FormatBuilder[]): PackPlan {
  const both = spec.formats.includes('zip') && spec.formats.includes('tar.gz')
  const targets = spec.targets.map((target) => {
    // Updates are tar.gz on every system.
    const other = target !== 'win-x64' ? 'zip' : spec.update === null ? 'tar.gz' : null
    const formats = spec.formats.filter(
      (format) =>
        !(both && format === other) &&
        builders.some((one) => one.format === format && one.targets.includes(target)),
    )
    return { target, formats, name: archiveName(spec.archiveName, spec, target) }
  })
  const used = new Set(targets.flatMap(({ formats }) => formats))
  const tools = builders.filter(({ format }) => used.has(format)).flatMap((one) => one.tools)
  return {
    targets: targets.filter(({ formats }) => formats.length > 0),
    tools: [...new Map(tools.map((tool) => [tool.executable, tool])).values()],
    without: targets.filter(({ formats }) => formats.length === 0).map(({ target }) => target),
  }
}

/** Targets named on a command line; null for one that does not exist. */
export function namedTargets(words: readonly string[]): readonly (PackTarget | null)[] {
  return words
    .flatMap((word) => word.split(','))
    .map((word) => PACK_TARGETS.find((target) => target === word.trim()) ?? null)
}

/** A version that is no release: `1.4.0-snapshot.3f2a91c`. */
export function snapshotVersion(version: string, commit: string | null): string {
  const [release = version] = version.split(/[-+]/)
  // A part of digits alone has no zero in front (semver.org, 9).
  return `${release}-snapshot.${commit === null ? 'local' : `g${commit}`}`
}
