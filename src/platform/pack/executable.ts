import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { PACK_TARGETS, type PackSpec, type PackTarget } from '../../model/pack-spec.ts'
import { bundle } from './bundle.ts'
import { KOFFI_ASSET } from './bundle-plugin.ts'
import { injectBlob } from './inject.ts'
import type { PackageCache } from './package-cache.ts'
import { KOFFI_PACKAGES, NODE_PACKAGES } from './runtimes.ts'
import { seaBlob } from './sea-blob.ts'
import { type MessageResource, withResources } from './windows-resources.ts'

export interface ExecutableAsked {
  readonly spec: PackSpec
  readonly target: PackTarget
  /** An empty directory, for what is made on the way. */
  readonly room: string
}

export interface ExecutablePorts {
  readonly packages: PackageCache
  /** Version of the stead that packs, and is packed. */
  readonly stead: string
  /** Of the Event Log. */
  readonly messages: readonly MessageResource[]
}

export interface Executable {
  /** Absolute. */
  readonly path: string
  /** Absolute paths of the files whose code is inside. */
  readonly inputs: readonly string[]
  readonly notes: readonly string[]
}

/** The single executable of a program for one target. */
export async function makeExecutable(
  { spec, target, room }: ExecutableAsked,
  { packages, stead, messages }: ExecutablePorts,
): Promise<Executable> {
  const host = hostTarget()
  const koffi = await packages.file(KOFFI_PACKAGES[target])
  const facts = {
    name: spec.name,
    version: spec.version,
    target,
    updateKeys: spec.update === null ? null : await readFile(spec.update.publicKey, 'utf8'),
    stead,
    service: spec.service !== null,
  }
  // Addons of the program are known when it has been bundled, and their hashes are part of its code.
  const found = await bundle({ spec, target, facts: { ...facts, addons: {} } })
  const assets: Record<string, string | Uint8Array> = { [KOFFI_ASSET]: koffi }
  for (const { asset, path } of found.addons) assets[asset] = await readFile(path)
  const addons = Object.fromEntries(
    Object.entries(assets).map(([asset, bytes]) => [asset, sha256(bytes)]),
  )
  const { main, threads, inputs, notes } = await bundle({
    spec,
    target,
    facts: { ...facts, addons },
  })
  const runtime = await packages.file(NODE_PACKAGES[target])
  const node = join(room, host === 'win-x64' ? 'node.exe' : 'node')
  await writeFile(node, host === target ? runtime : await packages.file(NODE_PACKAGES[host]), {
    mode: 0o700,
  })
  const blobRoom = join(room, 'blob')
  await mkdir(blobRoom)
  const blob = await seaBlob({
    node,
    main,
    assets: { ...assets, ...threads },
    codeCache: host === target,
    room: blobRoom,
  })
  const path = join(room, target === 'win-x64' ? `${spec.name}.exe` : spec.name)
  if (target === 'win-x64')
    await writeFile(
      path,
      await withResources(runtime, { spec, messages, blob: await readFile(blob) }),
    )
  else {
    await writeFile(path, runtime)
    await injectBlob(path, blob)
  }
  await chmod(path, 0o755)
  return { path, inputs, notes }
}

/** This machine as a target: a blob is made by its own Node. */
export function hostTarget(): PackTarget {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const host = PACK_TARGETS.find((target) => target === `${system}-${process.arch}`)
  if (host !== undefined) return host
  throw new SteadError('PLATFORM_UNSUPPORTED', {
    feature: 'packing',
    platform: `${process.platform}-${process.arch}`,
  })
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
