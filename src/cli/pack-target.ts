/** Everything that is made for one target: the executable, what is beside it, and its artefacts. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isForMac, type PackFormat, type PackSpec } from '../model/pack-spec.ts'
import type { TargetPlan } from '../pack/plan.ts'
import type { BundledPackage } from '../pack/sbom/bundled-package.ts'
import { cyclonedx } from '../pack/sbom/cyclonedx.ts'
import { licensesText } from '../pack/sbom/licenses-text.ts'
import { hasSignature } from '../pack/sign/portable-executable.ts'
import type { PublishedArchive } from '../pack/update-manifest.ts'
import { STEAD_ROOT } from '../platform/pack/bundle.ts'
import { bundledPackages } from '../platform/pack/bundled-packages.ts'
import { makeExecutable } from '../platform/pack/executable.ts'
import { KOFFI_PACKAGES, NODE_LICENSE, NODE_PACKAGES } from '../platform/pack/runtimes.ts'
import { sha256Of, stage } from '../platform/pack/stage.ts'
import type { PackPorts } from './compose-pack.ts'
import type { Signer } from './pack-signing.ts'
import { publishedOf } from './pack-update.ts'

export interface TargetAsked extends TargetPlan {
  readonly spec: PackSpec
  readonly epoch: number
  readonly node: string
  /** An empty directory; artefacts are left in it. */
  readonly room: string
  /** Null where nothing is signed. */
  readonly signer: Signer | null
  /** The same for macOS. */
  readonly codesigner: Signer | null
}

export interface TargetMade {
  /** Absolute paths of what is given to users. */
  readonly files: readonly string[]
  readonly notes: readonly string[]
  /** By what installed programs update; null where they do not. */
  readonly published: PublishedArchive | null
}

/** Formats that Windows looks for a signature in. */
const SIGNED: readonly PackFormat[] = ['nsis', 'msi']

export async function makeTarget(
  { spec, target, name, formats, epoch, node, room, signer, codesigner }: TargetAsked,
  ports: PackPorts,
): Promise<TargetMade> {
  const workshop = join(room, 'work')
  await mkdir(workshop)
  const signAddon = target === 'win-x64' && signer !== null ? unlessSigned(signer) : null
  const asked = { spec, target, node, room: workshop, signAddon }
  const executable = await makeExecutable(asked, ports)
  // Before it is hashed and put into anything; installers are signed for themselves.
  if (target === 'win-x64') await signer?.sign(executable.path)
  if (isForMac(target)) await codesigner?.sign(executable.path)
  const packages = await inside(executable.inputs, target, ports)
  const product = await stage({
    spec,
    target,
    executable: executable.path,
    addons: executable.addons,
    licenses: licensesText(`${spec.displayName} ${spec.version}`, packages),
    epoch,
    room: join(workshop, 'texts'),
  })
  const files: string[] = []
  let published: PublishedArchive | null = null
  for (const format of formats) {
    const builder = ports.builders.find((one) => one.format === format)
    const out = join(room, format)
    await mkdir(out)
    if (builder === undefined) continue
    const artefact = await builder.build(product, out, signer?.sign)
    if (SIGNED.includes(format)) await signer?.sign(artefact.path)
    published ??= await publishedOf(product, artefact)
    files.push(artefact.path)
  }
  const sbom = join(room, `${name}.cdx.json`)
  const sha256 = await sha256Of(executable.path)
  const { stead } = ports
  await writeFile(sbom, cyclonedx({ spec, target, packages, sha256, epoch, stead }))
  await rm(workshop, { recursive: true })
  return { files: [...files, sbom], notes: executable.notes, published }
}

/** What its maker has signed keeps that signature. */
function unlessSigned({ sign }: Signer): (file: string) => Promise<void> {
  return async (file) => {
    if (!hasSignature(await readFile(file))) await sign(file)
  }
}

/** Packages of the bundle, the runtime, and the native part of koffi. */
async function inside(
  inputs: readonly string[],
  target: TargetPlan['target'],
  { packages }: PackPorts,
): Promise<readonly BundledPackage[]> {
  const bundled: readonly BundledPackage[] = bundledPackages(inputs, STEAD_ROOT)
  const koffi = bundled.find((one) => one.name === 'koffi')
  const { name, version, integrity } = KOFFI_PACKAGES[target]
  const runtime = NODE_PACKAGES[target]
  const licenseText = (await packages.file(NODE_LICENSE)).toString('utf8')
  return [
    ...bundled,
    { name, version, integrity, license: 'MIT', licenseText: koffi?.licenseText ?? null },
    { ...runtime, license: 'MIT', licenseText },
  ]
}
