/** What the programs of a guard are started with: its environment, their env files, sockets, parameters. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnvFile } from '../config/env-file.ts'
import {
  inheritable,
  type LaunchParts,
  launcher,
  programEnvironment,
  type UserAccount,
} from '../guard/launch.ts'
import { parameterValues } from '../guard/parameter-values.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { GuardPlaces } from '../model/guard-places.ts'
import type { Home } from '../model/home.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { parameterPlaces, parameterStore } from '../platform/guard-parameters.ts'
import { keyFileOf, secretOpener } from './compose-secrets.ts'
import { composeIds } from './compose-system.ts'

export interface LaunchingParts {
  readonly places: GuardPlaces
  readonly home: Home
  readonly accountOf: (user: string) => UserAccount | null
  readonly openSockets: LaunchParts['openSockets']
  readonly tell: (happening: GuardHappening) => void
}

export async function composeLaunch(parts: LaunchingParts) {
  const { places, home, accountOf, openSockets, tell } = parts
  const { id: guardId, socket, run, state } = places
  const idsOf = await composeIds()
  const surroundings = {
    environment: inheritable(process.env),
    readEnvFile: (path: string) =>
      parseEnvFile(readFileSync(path, 'utf8'), path, secretOpener(keyFileOf(home))),
    accountOf,
  }
  const spots = parameterPlaces({
    directory: join(run, 'parameters'),
    above: [...(home.root === null ? [] : [home.root]), home.run, dirname(run), run],
    ownerOf(user) {
      try {
        const { uid, gid } = idsOf(user)
        return uid === undefined || gid === undefined ? null : { uid, gid }
      } catch {
        // That there is no such user is told where the program is started.
        return null
      }
    },
  })
  const held = parameterValues({
    store: parameterStore(join(state, 'parameters.json')),
    places: spots,
    tell,
  })
  return {
    environment: surroundings.environment,
    environmentOf: (program: ProgramSpec): Readonly<Record<string, string>> =>
      programEnvironment(program, surroundings),
    launch: launcher({
      ...{ guardId, socket, openSockets, ...surroundings },
      parameters: held.environment,
    }),
    /** What the guard needs to change them. */
    parameters: { held, places: spots },
  }
}
