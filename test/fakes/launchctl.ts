import { existsSync, readFileSync } from 'node:fs'
import type { Clock } from '../../src/model/ports/clock.ts'
import type { CommandResult, CommandRunner } from '../../src/model/ports/command-runner.ts'
import { nodeCommandRunner } from '../../src/platform/command-runner.ts'
import { type FakeJob, fakeJob, type JobDefinition } from './launchd-job.ts'
import { parsePlist } from './plist-parser.ts'

/** Numbers of macOS for what jobs are ended by in tests. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGKILL: 9, SIGTERM: 15 }

/** How long a job stays known after its last process is gone. */
const TEARDOWN = 60

export interface FakeLaunchd {
  /** Understands launchctl, `plutil -lint`, and passes ps(1) on to the machine. */
  readonly runner: CommandRunner
  readonly calls: readonly (readonly string[])[]
  /** Ends all jobs. */
  close(): Promise<void>
}

/**
 * Stands for launchd and launchctl(1) of macOS, which cannot be had on other machines. It is written
 * from the manual pages and from what is told of exit codes; nobody has compared it with a real
 * launchd. It starts real processes as the plists say and models: that `bootout` returns before the
 * job is gone and answers 36 and 37 meanwhile; KeepAlive and its throttle; that KeepAlive implies
 * RunAtLoad; that a loaded job keeps its old definition; process groups; `last exit code`; domains
 * that are not there; the catch-all code 5. It does not model users, resource limits, sessions and
 * the database of disabled jobs.
 */
export function fakeLaunchd(clock: Clock, domains: readonly string[]): FakeLaunchd {
  const jobs = new Map<string, FakeJob>()
  const calls: (readonly string[])[] = []
  const real = nodeCommandRunner()

  function launchctl(args: readonly string[]): CommandResult {
    calls.push(args)
    const [verb = '', ...rest] = args
    switch (verb) {
      case 'print':
        return print(rest[0] ?? '')
      case 'bootstrap':
        return bootstrap(rest[0] ?? '', rest[1] ?? '')
      case 'bootout':
        return bootout(rest[0] ?? '')
      case 'kickstart':
        return kickstart(rest.at(-1) ?? '')
      case 'kill':
        return kill(rest[0] as NodeJS.Signals, rest[1] ?? '')
      default:
        return result(64, '', `Unrecognized subcommand: ${verb}`)
    }
  }

  function print(target: string): CommandResult {
    if (domains.includes(target)) return result(0, `${target} = {\n\ttype = ${target}\n}\n`)
    const job = jobs.get(target)
    if (job !== undefined) return result(0, describeJob(target, job))
    const known = domains.some((domain) => target.startsWith(`${domain}/`))
    return known
      ? result(113, '', `Could not find service "${target}"`)
      : result(112, '', 'Could not find domain')
  }

  function bootstrap(domain: string, path: string): CommandResult {
    if (!domains.includes(domain)) return result(125, '', 'Domain does not support this')
    const definition = readDefinition(path)
    const catchAll = result(5, '', 'Bootstrap failed: 5: Input/output error')
    if (definition === null) return catchAll
    const target = `${domain}/${definition.Label}`
    const present = jobs.get(target)
    if (present?.removing)
      return result(37, '', 'Bootstrap failed: 37: Operation already in progress')
    if (present !== undefined) return catchAll
    jobs.set(target, fakeJob(definition, clock))
    return result(0)
  }

  function bootout(target: string): CommandResult {
    const job = jobs.get(target)
    if (job === undefined) return result(3, '', 'Boot-out failed: 3: No such process')
    if (job.removing) return result(37, '', 'Boot-out failed: 37: Operation already in progress')
    const alive = job.pid !== null
    void remove(target, job)
    return alive ? result(36, '', 'Boot-out failed: 36: Operation now in progress') : result(0)
  }

  async function remove(target: string, job: FakeJob): Promise<void> {
    await job.remove()
    await clock.sleep(TEARDOWN)
    jobs.delete(target)
  }

  function kickstart(target: string): CommandResult {
    const job = jobs.get(target)
    if (job === undefined) return result(113, '', `Could not find service "${target}"`)
    if (job.removing) return result(37, '', 'Operation already in progress')
    job.start()
    return result(0, `${job.pid}\n`)
  }

  function kill(signal: NodeJS.Signals, target: string): CommandResult {
    const job = jobs.get(target)
    if (job === undefined) return result(113, '', `Could not find service "${target}"`)
    return job.kill(signal) ? result(0) : result(3, '', 'No process to signal.')
  }

  return {
    calls,
    runner: {
      async run(file, args, options) {
        if (file === '/bin/launchctl') return launchctl(args)
        if (file === '/usr/bin/plutil') return lint(args.at(-1) ?? '')
        return real.run(file, args, options)
      },
      lines: real.lines,
    },
    async close() {
      await Promise.all([...jobs].map(([target, job]) => remove(target, job)))
    },
  }
}

/** In the shape of the real output, of which only few lines are of interest. */
function describeJob(target: string, job: FakeJob): string {
  const { definition, lastExit } = job
  const block = (name: string, lines: readonly string[]): string =>
    `\t${name} = {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n\n`
  const environment = definition.EnvironmentVariables as Record<string, string>
  const exit =
    lastExit === null
      ? '\tlast exit code = (never exited)\n'
      : lastExit.signal !== null
        ? `\tlast terminating signal = Ended: ${SIGNAL_NUMBERS[lastExit.signal] ?? 0}\n`
        : `\tlast exit code = ${lastExit.code}${lastExit.code === 78 ? ': EX_CONFIG' : ''}\n`
  return (
    `${target} = {\n\tactive count = ${job.pid === null ? 0 : 1}\n\ttype = LaunchDaemon\n` +
    `\tstate = ${job.pid === null ? 'not running' : 'running'}\n\n` +
    block('arguments', definition.ProgramArguments as string[]) +
    block(
      'environment',
      Object.entries(environment).map(([name, value]) => `${name} => ${value}`),
    ) +
    `\tdomain = ${target.slice(0, target.lastIndexOf('/'))}\n\truns = ${job.runs}\n` +
    (job.pid === null ? '' : `\tpid = ${job.pid}\n`) +
    `\timmediate reason = speculative\n${exit}\n\tspawn type = daemon (3)\n}\n`
  )
}

function readDefinition(path: string): JobDefinition | null {
  if (!existsSync(path)) return null
  try {
    return parsePlist(readFileSync(path, 'utf8')) as JobDefinition
  } catch {
    return null
  }
}

function lint(path: string): CommandResult {
  return readDefinition(path) === null ? result(1, `${path}: not a property list\n`) : result(0)
}

function result(code: number, stdout = '', stderr = ''): CommandResult {
  return { exit: { kind: 'code', code }, timedOut: false, stdout, stderr }
}
