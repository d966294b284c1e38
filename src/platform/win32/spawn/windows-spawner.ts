import type { Exit } from '../../../model/exit.ts'
import type {
  Child,
  ProcessIdentity,
  Spawner,
  SpawnRequest,
  SpawnResult,
} from '../../../model/ports/spawner.ts'
import { hearCtrlC } from './console-events.ts'
import { createSuspended, resume } from './create-process.ts'
import { environmentBlock } from './environment-block.ts'
import { exitWatch } from './exit-watch.ts'
import { findByEnvironment, MARK } from './found-processes.ts'
import { createJob, ENDED_BY_STEAD, type Job, jobName, openJob } from './job.ts'
import { priorityClass } from './job-limits.ts'
import { close, kernel32 } from './kernel32.ts'
import { noteJob } from './living-jobs.ts'
import { environmentOf } from './process-environment.ts'
import { birthOf, bootIdentity, identityOf, openLiving } from './process-identity.ts'
import { type Program, programOf, systemRoot } from './program-of.ts'
import { failure, windowsFailure } from './spawn-failure.ts'
import { startupHandles } from './startup-handles.ts'
import { unsupported } from './unsupported.ts'
import { partsOf, windowsChild } from './windows-child.ts'

/**
 * Starts each program suspended, with a console of its own that has no window, in a job object of its
 * own, and lets it run only then: nothing of its tree can be outside of the job. With this process,
 * however it ends, ends what is in the jobs; {@link Spawner.close} takes that off.
 */
export function windowsSpawner(): Spawner {
  hearCtrlC()
  const exits = exitWatch()
  /** Jobs whose program has ended or lives; closed once nothing is left in them. */
  const jobs = new Set<{ readonly job: Job; isHeld: boolean }>()

  const sweep = (): void => {
    for (const one of jobs) {
      if (one.isHeld || one.job.pids().length > 0) continue
      one.job.close()
      jobs.delete(one)
    }
  }

  /** Watches a process in a job to its end. */
  function watched(
    parts: { readonly identity: ProcessIdentity; readonly own: boolean; readonly job: Job | null },
    process: number | bigint,
    onExit: (exit: Exit) => void,
  ): Child {
    const { job } = parts
    const life = { isHeld: true }
    const entry = job === null ? null : { job, isHeld: true }
    if (entry !== null) jobs.add(entry)
    const forget = job === null ? () => {} : noteJob(parts.identity.pid, job)
    exits.add(process, (code) => {
      life.isHeld = false
      forget()
      if (entry !== null) entry.isHeld = false
      onExit(exitOf(code, job))
      sweep()
    })
    return windowsChild({ ...parts, isHeld: () => life.isHeld })
  }

  function start(
    request: SpawnRequest,
    program: Program,
    onExit: (exit: Exit) => void,
  ): SpawnResult {
    let environment: Buffer
    try {
      environment = environmentBlock(request.env, systemRoot())
    } catch (error) {
      return failure('EINVAL', request.file, (error as Error).message)
    }
    const handles = startupHandles(request.stdio)
    if ('error' in handles) return windowsFailure(handles.error, handles.what)
    const mark = request.env[MARK]
    const job = createJob(mark === undefined ? null : jobName(mark), request)
    if (typeof job === 'number') {
      handles.close()
      return windowsFailure(job, `the job object of ${request.file}`)
    }
    const { application, commandLine } = program
    const directory = request.cwd
    const made = createSuspended({
      ...{ application, commandLine, environment, directory, handles },
      priorityClass: priorityClass(request),
    })
    handles.close()
    if (typeof made === 'number') {
      job.close()
      return windowsFailure(made, made === 206 || made === 267 ? directory : application)
    }
    if (!job.assign(made.process)) {
      kernel32().TerminateProcess(made.process, ENDED_BY_STEAD)
      close(made.process)
      close(made.thread)
      job.close()
      return failure('EACCES', application, 'see which job this process itself is held in')
    }
    const birth = birthOf(made.process) ?? ''
    const identity = { pid: made.pid, birth, boot: bootIdentity() }
    const child = watched({ identity, own: true, job }, made.process, onExit)
    resume(made)
    return { child, failure: null }
  }

  return {
    spawn(request, onExit) {
      sweep()
      const refused = unsupported(request)
      if (refused !== null) return refused
      const program = programOf(request)
      return 'fault' in program ? program.fault : start(request, program, onExit)
    },
    adopt(identity, onExit) {
      if (identityOf(identity.pid)?.birth !== identity.birth) return null
      if (identity.boot !== bootIdentity()) return null
      const mark = environmentOf(identity.pid)?.[MARK]
      const process = openLiving(identity.pid)
      if (process === null) return null
      const found = mark === undefined ? null : openJob(jobName(mark))
      const isIts = found?.pids().includes(identity.pid) === true
      if (!isIts) found?.close()
      return watched({ identity, own: false, job: isIts ? found : null }, process, onExit)
    },
    follow(child, { pid }, onExit) {
      const parts = partsOf(child)
      if (parts === undefined || !parts.job?.pids().includes(pid)) return null
      const process = openLiving(pid)
      const identity = process === null ? null : identityOf(pid)
      if (process === null || identity === null) return null
      return watched({ identity, own: false, job: parts.job }, process, onExit)
    },
    findByEnvironment,
    close() {
      exits.close()
      for (const { job } of jobs) job.leave()
      jobs.clear()
    },
  }
}

function exitOf(code: number, job: Job | null): Exit {
  if (code === ENDED_BY_STEAD) return { kind: 'signal', signal: 'SIGKILL' }
  const isForMemory = code !== 0 && job?.wasRefusedMemory() === true
  return { kind: 'code', code, ...(isForMemory ? { outOfMemory: 'limit' } : {}) }
}
