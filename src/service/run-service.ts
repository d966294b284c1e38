import { isSteadError, SteadError } from '../errors.ts'
import { formatDuration } from '../model/duration.ts'
import type { LifecycleState } from '../model/lifecycle-state.ts'
import { SEVERITY } from '../model/log-entry.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Control, Host } from '../model/ports/host.ts'
import type { ProcessEvents } from '../model/ports/process-events.ts'
import type { ServiceConfiguration } from '../model/ports/service-configuration.ts'
import type { ServiceParameters } from '../model/ports/service-parameters.ts'
import { acceptedControls } from './accepted-controls.ts'
import type { StopReason } from './context.ts'
import { type Deadline, deadlineAfter } from './deadline.ts'
import type { Service } from './define-service.ts'
import { EXIT, exitCodeOf, type Failure, timedOut } from './exit-codes.ts'
import { type Action, type Outcome, settled, stateAfter } from './lifecycle.ts'
import { liveConfig } from './live-config.ts'
import { liveParameters } from './live-parameters.ts'
import { describeError, errorLine, makeLogger } from './logger.ts'
import { serviceContext } from './service-context.ts'
import { isEchoOf } from './stop-echo.ts'
import { eventTeller } from './told-events.ts'
import { keepWatch } from './watch.ts'

export interface RunPorts {
  readonly host: Host
  readonly clock: Clock
  readonly events: ProcessEvents
  /** The service's own configuration file, where the installation named one. */
  readonly configFile: string | null
  /** Where `context.config` comes from; needed by a service that has a schema for it. */
  readonly configuration?: ServiceConfiguration
  /** Where others set parameters that it declares. */
  readonly parameters?: ServiceParameters | undefined
}

type Result = { kind: 'done' } | { kind: 'threw'; error: unknown } | { kind: 'over' }

/**
 * Runs a service under a host from start to end: controls in, reports out.
 *
 * @returns the exit code that the process has to end with, soon; nothing is left to wait for.
 * Never rejects: whatever the service does becomes a report to the host and a code.
 */
export function runService(service: Service, ports: RunPorts): Promise<number> {
  const { host, clock, events, configuration } = ports
  const logger = makeLogger((entry) => host.log(entry))
  const stopSignal = new AbortController()
  const cleanups: ((reason: StopReason) => unknown)[] = []
  const settings = liveConfig(configuration, (names) =>
    logger.info(`configuration: ${names} changed`),
  )
  const end = Promise.withResolvers<number>()
  const release: (() => void)[] = []
  let state: LifecycleState = 'stopped'
  let deadline: Deadline | null = null
  let underWay: Promise<Result> = Promise.resolve({ kind: 'done' })
  let failure: Failure | null = null
  /** False while, and where, the user's start was never called. */
  let begun = false
  /** Files of the configuration have changed while nothing could be reloaded. */
  let stale = false
  let ended = false
  let finalCode = 0

  const watch = keepWatch({ host, clock, limit: service.watchdog, state: () => state, onSilence })
  const parameters = liveParameters({
    specs: service.parameters,
    channel: ports.parameters,
    clock,
    logger,
    timeout: service.startTimeout,
    failed: giveUp,
  })
  const context = serviceContext({
    ...{ host, configFile: ports.configFile, logger, settings, parameters },
    signal: stopSignal.signal,
    onStop: (cleanup) => void cleanups.push(cleanup),
    hasEnded: () => ended,
    extend(milliseconds) {
      if (state !== 'stopped' && deadline !== null)
        host.report(state, deadline.extend(milliseconds))
    },
    beat: watch.beat,
    done: () => void stop('done', null, true),
    fail: giveUp,
  })

  const tell = eventTeller(service, context)
  configuration?.onTold?.((text, severity) => host.log({ severity, message: text }))
  if (service.watchConfig && configuration !== undefined) release.push(configuration.watch(onFiles))
  release.push(events.keepAlive(), events.onFault(onFault), events.onExit(onExit), watch.stop)
  release.push(parameters.close)
  // First the state, then the controls: a stop that came before this moment finds a start to overtake.
  void start()
  host.listen(onControl)
  return end.promise

  async function start(): Promise<void> {
    enter(stateAfter(state, 'start'), service.startTimeout)
    const result = await perform(service.startTimeout, () => {
      parameters.begin()
      // A service without a configuration starts without a turn of the loop in between.
      if (configuration === undefined || stopSignal.signal.aborted) return beginWork()
      return settings.begin().then(beginWork)
    })
    if (state !== 'starting') return
    if (result.kind === 'done') {
      settle('done')
      return parameters.open()
    }
    const error =
      result.kind === 'over'
        ? timedOut(
            new SteadError('START_TIMEOUT', {
              name: service.name,
              seconds: service.startTimeout / 1000,
            }),
          )
        : result.error
    logger.critical(`start failed: ${describeError(error)}`)
    await stop(
      'failure',
      { code: exitCodeOf(error), reason: errorLine(error) },
      result.kind === 'threw',
    )
  }

  function beginWork(): void | Promise<void> {
    if (stopSignal.signal.aborted) return
    begun = true
    return service.start(context)
  }

  function onControl(control: Control): void {
    if (ended) return
    switch (control.type) {
      case 'stop':
        if (control.force) finish({ code: EXIT.forced, reason: 'forced to end by a second stop' })
        else void stop(control.reason, null, true)
        return
      case 'pause':
      case 'resume':
      case 'reload':
        void change(control.type)
        return
      case 'interrogate':
        return
      case 'custom':
      case 'session':
      case 'power':
      case 'time-change':
        void tell(control)
    }
  }

  async function change(action: Extract<Action, 'pause' | 'resume' | 'reload'>): Promise<void> {
    const step = service[action]
    const renews = action === 'reload' && service.config !== null
    if (step === undefined && !renews)
      return logger.warning(`${action}: ${service.name} does not know it`)
    let passing: LifecycleState
    try {
      passing = stateAfter(state, action)
    } catch (error) {
      return logger.warning((error as SteadError).message)
    }
    enter(passing, service.startTimeout)
    if (action === 'reload') stale = false
    const work = () => step?.(context)
    const result = await perform(service.startTimeout, () =>
      action === 'reload' ? settings.renew(work) : work(),
    )
    if (state !== passing) return
    if (result.kind === 'over') {
      const reason = `${action} did not end within ${formatDuration(service.startTimeout)}`
      logger.critical(reason)
      return stop('failure', { code: EXIT.timedOut, reason }, false)
    }
    if (result.kind === 'threw') {
      if (isSteadError(result.error, 'CONFIG_MIXED')) return giveUp(result.error)
      logger.error(`${action} refused: ${describeError(result.error)}`)
    }
    settle(result.kind === 'done' ? 'done' : 'refused')
  }

  /** `patient`: what is under way is waited for before cleaning up; it was told by the signal. */
  async function stop(reason: StopReason, why: Failure | null, patient: boolean): Promise<void> {
    failure ??= why
    if (ended || state === 'stopping') return
    const pending = underWay
    enter('stopping', service.stopTimeout)
    stopSignal.abort(reason)
    const errors: unknown[] = []
    const result = await perform(service.stopTimeout, async () => {
      if (patient) await pending
      if (begun && service.stop !== undefined) cleanups.push(() => service.stop?.(context))
      // A cleanup may register another; the last registered is always the next.
      for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
        try {
          await next(reason)
        } catch (error) {
          errors.push(error)
          logger.error(`stop: ${describeError(error)}`)
        }
      }
    })
    if (result.kind === 'over') {
      const { message } = new SteadError('STOP_TIMEOUT', {
        name: service.name,
        seconds: service.stopTimeout / 1000,
      })
      logger.critical(message)
      failure ??= { code: EXIT.stopTimedOut, reason: message }
    } else if (errors.length > 0) {
      failure ??= { code: exitCodeOf(errors[0]), reason: errorLine(errors[0]) }
    }
    finish(failure)
  }

  function giveUp(error: unknown): void {
    if (ended) return
    logger.critical(describeError(error))
    void stop('failure', { code: exitCodeOf(error), reason: errorLine(error) }, true)
  }

  function onSilence(silence: number): void {
    const reason = `no heartbeat for ${formatDuration(Math.round(silence))}`
    logger.critical(reason)
    void stop('failure', { code: EXIT.silent, reason }, false)
  }

  /** What nobody caught leaves the process in no state to go on, not even to clean up. */
  function onFault(error: unknown): void {
    if (ended || isEchoOf(stopSignal.signal, error)) return
    const message = `not caught: ${describeError(error)}`
    host.log({ severity: SEVERITY.critical, message, event: 'crashed' })
    stopSignal.abort('failure')
    finish({ code: exitCodeOf(error), reason: errorLine(error) })
  }

  function onExit(code: number): number {
    if (ended) return finalCode
    if (state === 'stopping')
      return finish(
        failure ?? (code === 0 ? null : { code, reason: `it exited with code ${code}` }),
      )
    const reason = `process.exit was called with ${code} while ${state}`
    logger.critical(reason)
    return finish({ code: code === 0 ? EXIT.unexpected : code, reason })
  }

  function finish(why: Failure | null): number {
    // A stop that was under way when a fault ended the service comes here as well.
    if (ended) return finalCode
    ended = true
    state = 'stopped'
    deadline?.cancel()
    for (const undo of release) undo()
    finalCode = host.finish({ kind: 'code', code: why?.code ?? 0 }, why?.reason ?? null)
    end.resolve(finalCode)
    return finalCode
  }

  function settle(outcome: Outcome): void {
    const next = settled(state, outcome)
    if (next !== null) enter(next)
    if (stale && state === 'running') void change('reload')
  }

  /** The newest is taken over as soon as a reload is legal. */
  function onFiles(): void {
    stale = true
    if (state === 'running') void change('reload')
  }

  function enter(next: LifecycleState, patience?: number): void {
    state = next
    host.accept(acceptedControls(service, next))
    if (next !== 'stopped') host.report(next, patience)
  }

  async function perform(timeout: number, work: () => unknown): Promise<Result> {
    deadline?.cancel()
    const mine = deadlineAfter(clock, timeout)
    deadline = mine
    underWay = Promise.resolve()
      .then(work)
      .then(
        (): Result => ({ kind: 'done' }),
        (error: unknown): Result => ({ kind: 'threw', error }),
      )
    const result = await Promise.race([underWay, mine.over.then((): Result => ({ kind: 'over' }))])
    mine.cancel()
    if (deadline === mine) deadline = null
    return result
  }
}
