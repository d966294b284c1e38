/** Parameters of services that a manager starts without a guard: where they are, and who changes them. */
import { rmdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { SteadError } from '../errors.ts'
import type { ParameterDirectories } from '../managers/installation.ts'
import { recordStore } from '../managers/record-store.ts'
import { type Home, parameterDirectory } from '../model/home.ts'
import type { ParameterRequest, ParameterResult, SetParameters } from '../model/parameter.ts'
import {
  changedParameters,
  changeParameters,
  fitParameters,
  parameterFacts,
} from '../model/parameter-change.ts'
import { NOTHING_ASKED, type ToldParameters } from '../model/parameter-channel.ts'
import { parameterExpiry } from '../model/parameter-expiry.ts'
import { systemClock } from '../platform/clock.ts'
import { makePassable } from '../platform/control/share-socket.ts'
import {
  makeParameterDirectory,
  type ParameterFiles,
  parameterFiles,
} from '../platform/parameter-files.ts'
import { inOwnHome } from './compose-guard-home.ts'
import type { Workshop } from './compose-manager.ts'
import { composeIds, composeLocks } from './compose-system.ts'
import type { ParameterHolder } from './verbs/set.ts'

/** How long a service may take to say that it has taken new values; milliseconds. */
const ANSWER_TIME = 10_000

const LOOK_AGAIN = 200

/** On Windows a service makes its own directory, so that it is its own: nobody may do it for it. */
export async function parameterDirectories(home: Home): Promise<ParameterDirectories> {
  const idsOf = await composeIds()
  return {
    prepare(service, user) {
      if (process.platform === 'win32') return
      const directory = parameterDirectory(home, service)
      const { uid, gid } = idsOf(user)
      const isOthers = uid !== undefined && gid !== undefined
      makeParameterDirectory(directory, isOthers ? { uid, gid } : null)
      if (!isOthers) return
      const above = home.root === null ? dirname(home.state) : home.root
      makePassable([above, home.state, dirname(directory)])
    },
    remove(service) {
      const directory = parameterDirectory(home, service)
      rmSync(directory, { recursive: true, force: true })
      try {
        rmdirSync(dirname(directory))
      } catch {
        // It holds those of other services, or was never there.
      }
    },
  }
}

/**
 * The parameters of an installed service of the SDK; null where none of that name is installed.
 *
 * @throws FILE_UNREADABLE, MANAGER_UNAVAILABLE
 */
export async function managedParameters(
  name: string,
  { manager, home, files: disk }: Workshop,
): Promise<ParameterHolder | null> {
  const record = await recordStore(disk, home).read(name)
  if (record === null) return null
  const files = parameterFiles(parameterDirectory(home, name))
  const expiry = parameterExpiry(systemClock())

  function declared(): ToldParameters {
    const told = files.told()
    if (told !== null && told.declared.length > 0) return told
    throw new SteadError('PARAMETERS_NONE', { service: name })
  }

  /** What was set and still holds. */
  function held(told: ToldParameters): { readonly number: number; readonly set: SetParameters } {
    const { number, set } = files.asked() ?? NOTHING_ASKED
    const { kept } = fitParameters(told.declared, expiry.look(name, set).kept)
    return { number: Math.max(number, told.number), set: kept }
  }

  function ask(number: number, set: SetParameters): void {
    const directory = parameterDirectory(home, name)
    inOwnHome(directory, () => files.ask({ number, set }), `set parameters of ${name}`)
  }

  async function change(request: ParameterRequest): Promise<ParameterResult> {
    const told = declared()
    const { number, set } = held(told)
    const by = process.getuid === undefined ? 'operator' : `operator uid ${process.getuid()}`
    const at = { by, now: systemClock().wall() }
    const next = changeParameters(name, told.declared, set, request, at)
    const changes = changedParameters(told.declared, set, next)
    const { phase } = await manager.status(name)
    const runs = phase === 'running' || phase === 'paused' || phase === 'reloading'
    const answer = runs ? answerTo(files, number + 1) : null
    ask(number + 1, next)
    const refused = (await answer)?.refused ?? null
    if (refused !== null) {
      ask(number + 2, set)
      throw new SteadError('PARAMETER_REFUSED', { service: name, reason: refused })
    }
    const reason =
      answer === null
        ? 'it does not run, and has it from its next start on'
        : `it has not answered within ${ANSWER_TIME / 1000} s, and takes it when it does`
    const has = answer !== null && (await answer) !== null
    const outcome = has
      ? { id: name, state: 'applied' as const, reason: null }
      : { id: name, state: 'pending' as const, reason }
    const parameters = parameterFacts(told.declared, next)
    return { service: name, changes, outcomes: [outcome], parameters }
  }

  return {
    async parameters() {
      const told = declared()
      return parameterFacts(told.declared, held(told).set)
    },
    async set(request) {
      declared()
      const locks = await composeLocks()
      const path = `${home.run}/${name}.parameters.lock`
      const taking = disk.makeDirectory(home.run, 0o700).then(() => locks.acquire(path))
      const { lock, holder } = await taking.catch((error: unknown) =>
        inOwnHome(
          home.run,
          () => {
            throw error
          },
          `set parameters of ${name}`,
        ),
      )
      if (lock === null) {
        const by = holder === null ? 'another process' : `process ${holder}`
        throw new SteadError('BUSY', { name, holder: by })
      }
      try {
        return await change(request)
      } finally {
        await lock.release()
      }
    },
  }
}

/** What a service says to that request, or a later one; null where it says nothing in time. */
function answerTo(files: ParameterFiles, number: number): Promise<ToldParameters | null> {
  return new Promise((resolve) => {
    const end = (told: ToldParameters | null): void => {
      unwatch()
      clearTimeout(timer)
      clearInterval(again)
      resolve(told)
    }
    const look = (): void => {
      const told = files.told()
      if (told !== null && told.number >= number) end(told)
    }
    const unwatch = files.watch('told', look)
    const timer = setTimeout(() => end(null), ANSWER_TIME)
    // A look that fails, because the answer is being written, is made again.
    const again = setInterval(look, LOOK_AGAIN)
  })
}
