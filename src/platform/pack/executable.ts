import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { isForMac, PACK_TARGETS, type PackSpec, type PackTarget } from '../../model/pack-spec.ts'
import { bundle, STEAD_ROOT } from './bundle.ts'
import { KOFFI_ASSET } from './bundle-plugin.ts'
import { injectBlob } from './inject.ts'
import type { PackageCache } from './package-cache.ts'
import { KOFFI_PACKAGES, NODE_PACKAGES } from './runtimes.ts'
import { seaBlob } from './sea-blob.ts'
import { type MessageResource, withResources } from './windows-resources.ts'

export interface ExecutableAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  /** Node of this machine, of the version that executables have: {@link hostNode}. */
  readonly node: string
  /** An empty directory, for what is made on the way. */
  readonly room: string
  /** Signs a native addon in its place before it goes into the executable; null where nothing is signed. */
  readonly signAddon: ((file: string) => Promise<void>) | null
}

export interface ExecutablePorts {
  readonly packages: PackageCache
  /** Version of the stead that packs, and is packed. */
  readonly stead: string
  /** Of the Event Log. */
  readonly messages: readonly MessageResource[]
  /** Gives an executable for macOS a signature of nobody's; or says why that cannot be. */
  signAdHoc(file: Buffer, identifier: string): Buffer | string
}

export interface Executable {
  /** Absolute. */
  readonly path: string
  /** What is inside, to be loaded as files. */
  readonly addons: readonly Uint8Array[]
  /** Absolute paths of the files whose code is inside. */
  readonly inputs: readonly string[]
  readonly notes: readonly string[]
}

/** The single executable of a program for one target. */
export async function makeExecutable(
  { spec, target, node, room, signAddon }: ExecutableAsked,
  { packages, stead, messages, signAdHoc }: ExecutablePorts,
): Promise<Executable> {
  const { main, assets, addons, inputs, notes } = await content(
    spec,
    target,
    packages,
    stead,
    async (asset, bytes) => {
      if (signAddon === null) return bytes
      const path = join(room, asset.replaceAll('/', '-'))
      await writeFile(path, bytes)
      await signAddon(path)
      return readFile(path)
    },
  )
  const blobRoom = join(room, 'blob')
  await mkdir(blobRoom)
  const blob = await seaBlob({
    node,
    main,
    assets,
    codeCache: hostTarget() === target,
    room: blobRoom,
  })
  const runtime =
    hostTarget() === target ? await readFile(node) : await packages.file(NODE_PACKAGES[target])
  const path = join(room, target === 'win-x64' ? `${spec.name}.exe` : spec.name)
  if (target === 'win-x64') {
    const resources = { spec, messages, blob: await readFile(blob) }
    await writeFile(path, await withResources(runtime, resources))
  } else {
    await writeFile(path, runtime)
    await injectBlob(path, blob)
    // What is injected makes the signature of the runtime void, and without one it would not start.
    if (isForMac(target)) {
      const signed = signAdHoc(await readFile(path), spec.name)
      if (typeof signed === 'string')
        throw new SteadError('PACK_TOOL_FAILED', { tool: 'stead', product: path, reason: signed })
      await writeFile(path, signed)
    }
  }
  await chmod(path, 0o755)
  return { path, addons, inputs, notes }
}

async function content(
  spec: PackSpec,
  target: PackTarget,
  packages: PackageCache,
  stead: string,
  signed: (asset: string, bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<{
  readonly main: string
  readonly assets: Readonly<Record<string, string | Uint8Array>>
  readonly addons: readonly Uint8Array[]
  readonly inputs: readonly string[]
  readonly notes: readonly string[]
}> {
  const { name, version, service } = spec
  const facts = {
    name,
    version,
    target,
    updateKeys: spec.update === null ? null : await readFile(spec.update.publicKey, 'utf8'),
    stead,
    service: service !== null,
    config: service?.config ?? null,
  }
  const natives: Record<string, Uint8Array> = {
    [KOFFI_ASSET]: await signed(KOFFI_ASSET, await packages.file(KOFFI_PACKAGES[target])),
  }
  const hashes = (): Record<string, string> =>
    Object.fromEntries(Object.entries(natives).map(([asset, bytes]) => [asset, sha256(bytes)]))
  let made = await bundle({ spec, target, facts: { ...facts, addons: hashes() } })
  if (service !== null) checkUsesRun(spec, made.inputs)
  for (const { asset, path } of made.addons)
    natives[asset] = await signed(asset, await readFile(path))
  // The hashes of the program's own addons are part of its code, and are known when it has been bundled.
  if (made.addons.length > 0)
    made = await bundle({ spec, target, facts: { ...facts, addons: hashes() } })
  const { main, threads, inputs, notes } = made
  const addons = Object.values(natives)
  return { main, assets: { ...natives, ...threads }, addons, inputs, notes }
}

/** Without run() the executable would have none of the verbs that installers call. */
function checkUsesRun(spec: PackSpec, inputs: readonly string[]): void {
  if (inputs.some((path) => path.startsWith(join(STEAD_ROOT, 'cli', 'run.')))) return
  throw new SteadError('PACK_ENTRY_INVALID', {
    entry: spec.entry,
    problems: [
      'it does not call run() of stead, so it is no service; a program that is none has "service: false" in its pack file',
    ],
  })
}

/** This machine as a target: a blob is made by its own Node. @throws PLATFORM_UNSUPPORTED */
export function hostTarget(): PackTarget {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const host = PACK_TARGETS.find((target) => target === `${system}-${process.arch}`)
  if (host !== undefined) return host
  throw new SteadError('PLATFORM_UNSUPPORTED', {
    feature: 'packing',
    platform: `${process.platform}-${process.arch}`,
  })
}

/** Puts the Node that makes blobs into a directory. @returns its path */
export async function hostNode(packages: PackageCache, room: string): Promise<string> {
  const host = hostTarget()
  const path = join(room, host === 'win-x64' ? 'node.exe' : 'node')
  await writeFile(path, await packages.file(NODE_PACKAGES[host]), { mode: 0o700 })
  return path
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
