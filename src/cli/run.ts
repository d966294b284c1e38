/** `run()` of the SDK: the composition root of a program that is a service. */
import { isSteadError, type SteadError } from '../errors.ts'
import { PARAMETERS_VARIABLE } from '../model/parameter-channel.ts'
import { isSealed } from '../model/ports/secret-opener.ts'
import { systemClock } from '../platform/clock.ts'
import { packedConfigFile } from '../platform/packed/facts.ts'
import { processEvents } from '../platform/process-events.ts'
import type { Service } from '../service/define-service.ts'
import { type RunPorts, runService } from '../service/run-service.ts'
import { composeHost } from './compose-host.ts'
import { isSelfVerb } from './self-verbs.ts'

/** Opens the sealed ones among the variables of this process. @throws SECRET_REFUSED */
async function openEnvironment(service: Service): Promise<void> {
  // What is a setting is sealed as such, and opened where the configuration is read.
  const sealed = Object.entries(process.env).filter(
    ([name, value]) =>
      isSealed(value ?? '') && (service.config === null || !name.startsWith('STEAD_CONFIG__')),
  )
  if (sealed.length === 0) return
  const [{ keyFileOf, openOrThrow, secretOpener }, { guardHome }] = await Promise.all([
    import('./compose-secrets.ts'),
    import('./compose-guard-home.ts'),
  ])
  const open = secretOpener(keyFileOf(guardHome({})))
  for (const [name, value = ''] of sealed)
    process.env[name] = openOrThrow(open, value, ['env', name])
}

type Configured = Pick<RunPorts, 'configFile' | 'configuration' | 'parameters'>

/** @throws USAGE */
async function configurationOf({ config: schema, name }: Service): Promise<Configured> {
  const named = process.env.STEAD_CONFIG || packedConfigFile()
  if (schema === null) return { configFile: named }
  const { composeServiceConfig, configArguments } = await import('./compose-service-config.ts')
  const said = configArguments(process.argv.slice(2))
  const remote = said.remote ?? (process.env.STEAD_REMOTE || null)
  const keys = said.keys ?? (process.env.STEAD_CONFIG_KEYS || null)
  const configFile = said.file ?? named
  const { set } = said
  const parts = { schema, file: configFile, set, remote, keys, name }
  const configuration = composeServiceConfig(parts)
  return { configFile, configuration }
}

/** Where others set what it declares; nowhere, unless whoever started it says where. */
async function parametersOf(service: Service): Promise<Pick<RunPorts, 'parameters'>> {
  const { [PARAMETERS_VARIABLE]: directory, STEAD_INCARNATION: life = null } = process.env
  // Programs that the service starts must not answer in its name.
  delete process.env[PARAMETERS_VARIABLE]
  if (service.parameters.length === 0 || !directory) return {}
  const { serviceParameters } = await import('../platform/parameter-files.ts')
  return { parameters: serviceParameters(directory, life) }
}

/** What a service runs with, or why it cannot. */
async function prepare(service: Service): Promise<Configured | SteadError> {
  try {
    await openEnvironment(service)
    return { ...(await configurationOf(service)), ...(await parametersOf(service)) }
  } catch (error) {
    if (isSteadError(error)) return error
    throw error
  }
}

/** How long a host may take to let go of what it holds, in milliseconds. */
const CLOSE_TIME = 2_000

/**
 * Runs a service, or manages it when the first argument is one of the verbs.
 *
 * Without a verb (or with `run`) it finds out who started the process (the SCM, systemd, launchd, or
 * somebody in a terminal), runs the service under it until it is stopped, and ends the process with
 * the service's exit code. It does not return then; what has to be done at the end belongs into `stop` or
 * `context.onStop`.
 */
export async function run(service: Service): Promise<void> {
  const [verb, ...rest] = process.argv.slice(2)
  if (isSelfVerb(verb)) {
    const { selfManage } = await import('./compose-self.ts')
    process.exitCode = await selfManage(service, verb, rest)
    return
  }
  let code: number
  try {
    const events = processEvents()
    const host = await composeHost(service.name)
    const prepared = await prepare(service)
    code =
      prepared instanceof Error
        ? host.finish(
            { kind: 'code', code: prepared.exit },
            `${prepared.message} (${prepared.hint})`,
          )
        : await runService(service, { host, clock: systemClock(), events, ...prepared })
    // The end was reported: what the program still does while we let go does not change the code.
    const told = code
    events.onFault(() => {})
    events.onExit(() => told)
    const abort = new AbortController()
    await Promise.race([
      host.close(),
      systemClock()
        .sleep(CLOSE_TIME, abort.signal)
        .catch(() => {}),
    ])
    abort.abort()
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`)
    if (isSteadError(error)) process.stderr.write(`hint: ${error.hint}\n`)
    code = 1
  }
  process.exit(code)
}
