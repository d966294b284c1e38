import { readFile } from 'node:fs/promises'
import type { NtExecutableResource, Resource } from 'resedit'
import { SteadError } from '../../errors.ts'
import type { PackSpec } from '../../model/pack-spec.ts'
import { lightFuse, SEA_RESOURCE } from './inject.ts'
import { optionalPackage } from './optional-package.ts'

/** Types of resources, <winuser.h>. */
const RT_RCDATA = 10
const RT_MESSAGETABLE = 11
const RT_GROUP_ICON = 14
const RT_ICON = 3
const RT_VERSION = 16
const RT_MANIFEST = 24

/** English (United States), which Windows falls back to; Unicode. */
const LANGUAGE = 0x0409
const CODE_PAGE = 1200

/** VS_FF_PRERELEASE, VS_FFI_FILEFLAGSMASK, VOS_NT_WINDOWS32, VFT_APP of <verrsrc.h>. */
const PRERELEASE = 0x2
const FLAGS_MASK = 0x3f
const NT_WINDOWS32 = 0x40004
const APPLICATION = 1

/** Texts of the Event Log in one language, as MESSAGE_RESOURCE_DATA. */
export interface MessageResource {
  readonly language: number
  readonly data: Uint8Array
}

export interface WindowsResources {
  readonly spec: PackSpec
  /** What Node looks for in the executable. */
  readonly blob: Buffer
  readonly messages: readonly MessageResource[]
}

type Resedit = typeof import('resedit')

/**
 * The runtime with the blob, icon, version, manifest and message table of a product. Its signature, which
 * would not hold any more, is taken off; the times in it are those of the runtime.
 *
 * @throws PACK_FILE_INVALID where the icon is none
 */
export async function withResources(
  runtime: Buffer,
  { spec, blob, messages }: WindowsResources,
): Promise<Buffer> {
  const resedit = await optionalPackage<Resedit>('resedit', 'for executables of Windows')
  const bytes = Buffer.from(runtime)
  lightFuse(bytes)
  const executable = resedit.NtExecutable.from(bytes, { ignoreCert: true })
  const resources = resedit.NtExecutableResource.from(executable)
  const add = (type: number, id: number | string, lang: number, data: Uint8Array): void =>
    resources.replaceResourceEntry({ type, id, lang, codepage: CODE_PAGE, bin: copy(data) })
  const own = [
    RT_VERSION,
    RT_MANIFEST,
    RT_MESSAGETABLE,
    ...(spec.icon === null ? [] : [RT_ICON, RT_GROUP_ICON]),
  ]
  resources.entries = resources.entries.filter(({ type }) => !own.includes(type as number))
  versionInfo(resedit, spec).outputToResourceEntries(resources.entries)
  add(RT_MANIFEST, 1, LANGUAGE, Buffer.from(manifest(spec)))
  for (const { language, data } of messages) add(RT_MESSAGETABLE, 1, language, data)
  if (spec.icon !== null) await addIcon(resedit, resources, spec.icon)
  add(RT_RCDATA, SEA_RESOURCE, 0, blob)
  resources.outputResource(executable)
  return Buffer.from(executable.generate())
}

function copy(data: Uint8Array): ArrayBuffer {
  return new Uint8Array(data).buffer
}

function versionInfo(resedit: Resedit, spec: PackSpec): Resource.VersionInfo {
  const [core = '', pre] = spec.version.split(/[-+]/)
  const [major = 0, minor = 0, patch = 0] = core.split('.').map(Number)
  const high = major * 0x10000 + minor
  const low = patch * 0x10000
  const strings = {
    CompanyName: spec.publisher,
    FileDescription: spec.description,
    FileVersion: spec.version,
    InternalName: spec.name,
    OriginalFilename: `${spec.name}.exe`,
    ProductName: spec.displayName,
    ProductVersion: spec.version,
  }
  return resedit.Resource.VersionInfo.create({
    lang: LANGUAGE,
    fixedInfo: {
      fileVersionMS: high,
      fileVersionLS: low,
      productVersionMS: high,
      productVersionLS: low,
      fileFlagsMask: FLAGS_MASK,
      fileFlags: pre === undefined ? 0 : PRERELEASE,
      fileOS: NT_WINDOWS32,
      fileType: APPLICATION,
    },
    strings: [{ lang: LANGUAGE, codepage: CODE_PAGE, values: strings }],
  })
}

/**
 * "Application manifests" of Microsoft Learn: made for Windows 10 and later (whose identifier is the one
 * below), run with the rights of its caller, paths of any length.
 */
function manifest({ name }: PackSpec): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <assemblyIdentity type="win32" name="${name}" version="1.0.0.0" processorArchitecture="amd64"/>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security></trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings><longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware></windowsSettings></application>
</assembly>
`
}

async function addIcon(
  { Data, Resource: { IconGroupEntry } }: Resedit,
  resources: NtExecutableResource,
  path: string,
): Promise<void> {
  try {
    const { icons } = Data.IconFile.from(await readFile(path))
    if (icons.length === 0) throw new Error('it has no picture')
    const pictures = icons.map(({ data }) => data)
    IconGroupEntry.replaceIconsForResource(resources.entries, 1, LANGUAGE, pictures)
  } catch (cause) {
    const problems = [`icon: ${path} cannot be used as an icon: ${(cause as Error).message}`]
    throw new SteadError('PACK_FILE_INVALID', { source: 'the pack file', problems }, { cause })
  }
}
