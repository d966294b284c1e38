/** `stead pack`: from a service to executables, archives and installers. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { SteadError } from '../../errors.ts'
import type { PackHook, PackSpec } from '../../model/pack-spec.ts'
import { PACK_TARGETS } from '../../model/pack-spec.ts'
import { suggest } from '../../model/suggest.ts'
import { checksums } from '../../pack/checksums.ts'
import { namedTargets, type PackPlan, packPlan, snapshotVersion } from '../../pack/plan.ts'
import { SIGNING_TOOLS } from '../../pack/sign/authenticode.ts'
import { hostNode } from '../../platform/pack/executable.ts'
import { withOutputFolder } from '../../platform/pack/output-folder.ts'
import { runHook } from '../../platform/pack/run-hook.ts'
import { sha256Of } from '../../platform/pack/stage.ts'
import { packed } from '../../platform/packed/facts.ts'
import type { SigningKey } from '../../secrets/signing-key.ts'
import {
  codesignPorts,
  commitOf,
  composePack,
  epochOf,
  findPackFile,
  missingTools,
  type PackPorts,
  signingPorts,
} from '../compose-pack.ts'
import { type CommonOptions, runVerb } from '../context.ts'
import type { Output } from '../output.ts'
import { openCodesigner } from '../pack-codesign.ts'
import { openSigner } from '../pack-signing.ts'
import { makeTarget, type TargetMade } from '../pack-target.ts'
import { updateKey, writeSignature, writeUpdate } from '../pack-update.ts'

export interface PackOptions extends CommonOptions {
  readonly file?: string
  readonly output: string
  readonly only: readonly string[]
  readonly snapshot?: boolean
  readonly dryRun?: boolean
}

export function pack(options: PackOptions): Promise<number> {
  return runVerb(options, async (output) => {
    if (packed() !== null)
      throw new SteadError('PLATFORM_UNSUPPORTED', {
        feature: 'packing',
        platform: 'an executable that is packed itself; install stead by npm',
      })
    const { spec: written, directory } = findPackFile(options.file)
    const { commit, epoch: committed } = await commitOf(directory)
    const spec = asked(written, options, commit)
    const epoch = epochOf(committed)
    const ports = composePack()
    const plan = planned(spec, ports)
    const codesigner = openCodesigner(spec, codesignPorts())
    const key = updateKey(spec)
    const folder = resolve(options.output)
    if (options.dryRun === true) return tellPlan(output, spec, plan, folder)
    const env = {
      STEAD_PACK_OUTPUT: folder,
      STEAD_PACK_VERSION: spec.version,
      SOURCE_DATE_EPOCH: `${epoch}`,
    }
    const hooks = async (which: readonly PackHook[]): Promise<void> => {
      for (const { command } of which)
        await output.progress(command.join(' '), runHook(command, directory, env))
    }
    const signer = await openSigner(spec, signingPorts(spec))
    await hooks(spec.hooks.before)
    const made: TargetMade[] = []
    const paths = await withOutputFolder(folder, async (room) => {
      const node = await output.progress(
        'the runtime of this machine',
        hostNode(ports.packages, room),
      )
      for (const target of plan.targets) {
        const targetRoom = join(room, target.target)
        await mkdir(targetRoom)
        const work = makeTarget(
          { spec, epoch, node, room: targetRoom, signer, codesigner, ...target },
          ports,
        )
        const one = await output.progress(target.target, work)
        made.push(one)
        for (const note of one.notes) output.done(`note: ${note}`)
        output.done(`${target.target}: ${one.files.map((path) => basename(path)).join(', ')}`)
      }
      const archives = made.flatMap(({ published }) => published ?? [])
      const files = [
        ...made.flatMap((one) => one.files),
        ...(await writeUpdate(room, archives, key, epoch)),
      ]
      return [...files, ...(await writeChecksums(room, spec, files, key, epoch))]
    })
    await hooks(spec.hooks.after)
    if (output.json) output.object({ name: spec.name, version: spec.version, artefacts: paths })
    else output.done(`${paths.length} files in ${folder}`)
    return 0
  })
}

/** The pack file with what the command line changes. @throws USAGE */
function asked(spec: PackSpec, { only, snapshot }: PackOptions, commit: string | null): PackSpec {
  const names = only.flatMap((word) => word.split(',')).map((word) => word.trim())
  const named = namedTargets(only)
  const unknown = names[named.indexOf(null)]
  if (unknown !== undefined) {
    const near = suggest(unknown, PACK_TARGETS)
    const hint = near === null ? `there are ${PACK_TARGETS.join(', ')}` : `did you mean ${near}?`
    const problem = `there is no target ${JSON.stringify(unknown)}; ${hint}`
    throw new SteadError('USAGE', { problem, verb: 'pack' })
  }
  const targets =
    only.length === 0 ? spec.targets : PACK_TARGETS.filter((one) => named.includes(one))
  if (snapshot !== true) return { ...spec, targets }
  // A snapshot is for oneself: neither signed, nor given to those whom a hook brings it to.
  const version = snapshotVersion(spec.version, commit)
  const update = spec.update === null ? null : { ...spec.update, privateKey: null }
  const hooks = { ...spec.hooks, after: [] }
  return {
    ...spec,
    targets,
    version,
    signing: null,
    codesign: null,
    update,
    hooks,
    compression: 'fast',
  }
}

/** @throws PACK_TOOL_MISSING, USAGE */
function planned(spec: PackSpec, { builders }: PackPorts): PackPlan {
  const unbuilt = spec.formats.filter((format) => !builders.some((one) => one.format === format))
  if (unbuilt.length > 0)
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: `the format ${unbuilt.join(', ')}`,
      platform: 'this version of stead',
    })
  const plan = packPlan(spec, builders)
  if (plan.without.length > 0) {
    const problem = `no format of the pack file (${spec.formats.join(', ')}) is for ${plan.without.join(', ')}`
    throw new SteadError('USAGE', { problem, verb: 'pack' })
  }
  const signs = spec.signing !== null && plan.targets.some(({ target }) => target === 'win-x64')
  const missing = missingTools(signs ? [...plan.tools, ...SIGNING_TOOLS] : plan.tools)
  if (missing.length > 0)
    throw new SteadError('PACK_TOOL_MISSING', {
      executables: missing.map((tool) => tool.executable),
      packages: [...new Set(missing.map((tool) => tool.debianPackage))],
    })
  return plan
}

function tellPlan(output: Output, spec: PackSpec, { targets }: PackPlan, folder: string): number {
  if (output.json) {
    output.object({ name: spec.name, version: spec.version, output: folder, targets })
    return 0
  }
  output.answer(`${spec.name} ${spec.version}, into ${folder}`)
  for (const { command } of spec.hooks.before) output.answer(`before: ${command.join(' ')}`)
  for (const { target, name, formats } of targets)
    output.answer(`${target}: ${name} as ${formats.join(', ')}`)
  for (const { command } of spec.hooks.after) output.answer(`after: ${command.join(' ')}`)
  return 0
}

async function writeChecksums(
  room: string,
  spec: PackSpec,
  files: readonly string[],
  key: SigningKey | null,
  epoch: number,
): Promise<readonly string[]> {
  const path = join(room, `${spec.name}_${spec.version}_checksums.txt`)
  const lines = await Promise.all(
    files.map(async (file) => ({ name: basename(file), sha256: await sha256Of(file) })),
  )
  const text = checksums(lines)
  await writeFile(path, text)
  return [path, ...(await writeSignature(path, text, key, epoch))]
}
