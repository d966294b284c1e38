import { join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { type InstallationPorts, withServiceLock } from '../../managers/installation.ts'
import { formatDuration, parseDuration } from '../../model/duration.ts'
import type { UpdateArchive } from '../../model/update-manifest.ts'
import { probes } from '../../platform/probes/probes.ts'
import { runInstead } from '../../platform/update/run-instead.ts'
import { type UpdateSource, updateSource } from '../../platform/update/update-source.ts'
import {
  forgetVersions,
  placeVersion,
  removeVersion,
  versionDirectory,
  versionPlace,
} from '../../platform/update/version-directories.ts'
import {
  type AcceptedUpdate,
  acceptUpdate,
  type UpdatedProduct,
} from '../../update/accept-update.ts'
import { movedSpec } from '../../update/moved-spec.ts'
import { switchVersion } from '../../update/switch-version.ts'
import type { TarFile } from '../../update/tar-files.ts'
import { unpack } from '../../update/unpack.ts'
import { requireSwitchedOn } from '../../update/update-switch.ts'
import { installationPorts } from '../compose-manager.ts'
import { programEntryOf, type UpdatedService, updatedService } from '../compose-update.ts'
import { type CommonOptions, workshopFor } from '../context.ts'
import type { Output } from '../output.ts'

export interface UpdateOptions extends CommonOptions {
  readonly from?: string
  readonly trial?: string
  readonly health?: string
  readonly allowOlder?: boolean
  readonly dryRun?: boolean
}

/** Milliseconds that a new version has to do well, where nobody says otherwise. */
const TRIAL = 10_000
const LONGEST_TRIAL = 60 * 60_000
/** Milliseconds for the answer to whether it is healthy. */
const HEALTH_TIMEOUT = 5_000

/** The program that renews itself. */
export type Product = Omit<UpdatedProduct, 'allowOlder'>

type Installed = UpdatedService & { readonly version: string }

/**
 * `update --from URL|FILE` of a packed program: reads what was published there and puts it in the place
 * of what the service `name` runs. @throws UPDATE_UNSUPPORTED, UPDATE_UNREADABLE, UPDATE_REFUSED,
 * UPDATE_ROLLED_BACK, UPDATE_STUCK, and what installing throws
 */
export async function update(
  product: Product,
  name: string,
  options: UpdateOptions,
  output: Output,
): Promise<number> {
  const { from, dryRun = false, allowOlder = false } = options
  const trial = trialOf(options.trial)
  const unhealthy = options.health === undefined ? null : healthAt(options.health)
  if (from === undefined) throw usage('say where the update is: --from URL or --from FILE')
  const source = updateSource(from)
  const ports = await installationPorts(await workshopFor(options))
  const now = await installed(ports, name, product)
  // The version that runs knows best: which keys its publisher has by now, and how it is renewed.
  if (versionPlace(process.execPath).current !== now.place.current)
    return runInstead(now.spec.file, process.argv.slice(2))
  const read = () => offered(source, { ...product, version: now.version, allowOlder })
  const facts = { name, before: now.version }
  const told = ({ version, isNews }: AcceptedUpdate): number => {
    if (output.json) output.object({ ...facts, version, updated: false, isNews })
    output.done(
      isNews
        ? `${name} ${now.version} would become ${version}`
        : `${name} ${version} is the newest`,
    )
    return 0
  }
  if (dryRun) return told(await read())
  // What is on trial is not the newest yet: nobody is told so while it may be taken back.
  return withServiceLock(
    ports,
    product.name,
    async () => {
      if ((await installed(ports, name, product)).place.current !== now.place.current)
        throw new SteadError('BUSY', { name, holder: 'another update' })
      const found = await read()
      if (!found.isNews) return told(found)
      const { version, archive } = found
      const bytes = await fetched(source, archive, output)
      const files = unpack(bytes, archive, source.name)
      const next = { version, archive, files, trial, unhealthy }
      const started = await exchanged(ports, now, next, output)
      if (name === product.name) await show(product.name, now, next, output)
      if (output.json) output.object({ ...facts, version, updated: true, started })
      const how = started
        ? `runs, and did well for ${formatDuration(trial)}`
        : 'is in place, and does not run'
      output.done(`${name} ${version} ${how}; ${now.version} is kept in ${now.place.current}`)
      return 0
    },
    `${product.name}.update`,
  )
}

/** What was published there, where this program takes it. @throws UPDATE_UNREADABLE, UPDATE_REFUSED */
async function offered(source: UpdateSource, product: UpdatedProduct): Promise<AcceptedUpdate> {
  const { name, file } = source
  const [manifest, signature] = [await source.text(file), await source.text(`${file}.sig`)]
  if (manifest === null)
    throw new SteadError('UPDATE_UNREADABLE', { source: name, reason: 'it is not there' })
  return acceptUpdate({ source: name, file, manifest, signature }, product)
}

interface Next {
  readonly version: string
  readonly archive: UpdateArchive
  readonly files: readonly TarFile[]
  readonly trial: number
  readonly unhealthy: (() => Promise<string | null>) | null
}

/** Puts it beside the version that runs, and in its place. @returns whether it was started */
async function exchanged(
  ports: InstallationPorts,
  now: Installed,
  { version, archive, files, trial, unhealthy }: Next,
  output: Output,
): Promise<boolean> {
  const { place, spec, ofOthers, directories } = now
  const directory = await placeVersion(place, version, {
    ...{ files, config: archive.config, inUse: ofOthers },
  }).catch(refusedRight)
  const after = movedSpec(spec, {
    ...{ from: directories, to: directory, executable: join(directory, archive.executable) },
    files: files.map(({ path }) => path),
  })
  const work = switchVersion(ports, {
    ...{ before: now, after: { version, spec: after }, trial, unhealthy },
  })
  const text = `exchanging ${spec.name} ${now.version} for ${version}`
  const started = await output.progress(text, work).catch(async (error: SteadError) => {
    // What could not be taken back is still what the service runs.
    if (error.code !== 'UPDATE_STUCK' && !ofOthers.includes(directory))
      await removeVersion(directory)
    throw error
  })
  await forgetVersions(place.root, [directory, place.current, ...ofOthers])
  return started
}

/** Where the system shows which version is installed, it is this one. */
async function show(
  product: string,
  { place }: Installed,
  { version, archive }: Next,
  output: Output,
): Promise<void> {
  try {
    const directory = versionDirectory(place.root, version)
    const entry = await programEntryOf(product, place.root)
    entry?.become({ version, directory, executable: join(directory, archive.executable) })
  } catch (error) {
    // The service is updated all the same.
    output.done(`note: Add/Remove Programs shows another version: ${(error as Error).message}`)
  }
}

/** The archive, with how far it is where that takes its time. @throws UPDATE_UNREADABLE, UPDATE_REFUSED */
function fetched(source: UpdateSource, archive: UpdateArchive, output: Output): Promise<Buffer> {
  let far = 0
  const work = source.archive(archive.archive, archive, (bytes) => {
    far = bytes
  })
  const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1)
  const size = mebibytes(archive.size)
  return output.progress(
    () => `fetching ${archive.archive}, ${mebibytes(far)} of ${size} MiB`,
    work,
  )
}

/** @throws UPDATE_UNSUPPORTED where the service is not one that this program has installed */
async function installed(
  ports: InstallationPorts,
  name: string,
  { version }: Product,
): Promise<Installed> {
  const service = await updatedService(ports, name)
  if (service === null) {
    const reason = 'its service was not installed by itself, but by a package or an installer'
    const remedy = 'update it by what installed it'
    throw new SteadError('UPDATE_UNSUPPORTED', { name, reason, remedy })
  }
  const { spec, place } = service
  requireSwitchedOn(spec)
  if (versionPlace(process.execPath).root !== place.root) {
    const reason = `the service runs ${spec.file}, and this is ${process.execPath}`
    const remedy = `call the program that is installed: ${spec.file} update`
    throw new SteadError('UPDATE_UNSUPPORTED', { name, reason, remedy })
  }
  return { ...service, version: service.version ?? version }
}

function healthAt(url: string): () => Promise<string | null> {
  return async () => {
    const { signal } = new AbortController()
    const { ok, detail } = await probes().http(url, { timeout: HEALTH_TIMEOUT, signal })
    return ok ? null : `${url} answers ${detail}`
  }
}

function trialOf(text: string | undefined): number {
  if (text === undefined) return TRIAL
  const trial = parseDuration(text)
  if (trial !== null && trial <= LONGEST_TRIAL) return trial
  throw usage(`--trial is a time up to ${formatDuration(LONGEST_TRIAL)}, such as 30s`)
}

function refusedRight(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EACCES' && error.code !== 'EPERM' && error.code !== 'EROFS') throw error
  const action = `write the new version: ${error.message}`
  const remedy = 'run the same command as root (sudo) or as administrator'
  const right = 'the right to write where the program is installed'
  throw new SteadError('RIGHTS', { action, right, remedy }, { cause: error })
}

function usage(problem: string): SteadError {
  return new SteadError('USAGE', { problem, verb: 'update' })
}
