/** A real Prometheus that scrapes a real guard, with the alert rules that are published. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type AlertRule, alertRules } from '../../contract/metrics/shared-files.ts'
import { until } from '../../contract/until.ts'
import { ask } from './ask.ts'
import { freePort } from './free-port.ts'
import { startProcess } from './guard-process.ts'
import { openRoom, type Room } from './room.ts'
import { run } from './stead.ts'

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: string
}

/** Scrapes every second, evaluates as often; ended with the test, its data in the room. */
async function startPrometheus(room: Room, target: number) {
  const port = await freePort()
  const rules = join(room.directory, 'rules.json')
  const shortened = alertRules().map(({ for: _, ...rule }): AlertRule => rule)
  writeFileSync(rules, JSON.stringify({ groups: [{ name: 'stead', rules: shortened }] }))
  const config = join(room.directory, 'prometheus.json')
  const targets = [`127.0.0.1:${target}`]
  const intervals = {
    scrape_interval: '1s',
    evaluation_interval: '1s',
    scrape_timeout: '1s',
  }
  writeFileSync(
    config,
    JSON.stringify({
      global: intervals,
      rule_files: [rules],
      scrape_configs: [{ job_name: 'stead', static_configs: [{ targets }] }],
    }),
  )
  const prometheus = startProcess(
    [
      'prometheus',
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(room.directory, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: room.directory },
  )
  onTestFinished(async () => {
    prometheus.signal('SIGKILL')
    await prometheus.ended
  })
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
      signal: AbortSignal.timeout(45_000),
    })
    return ((await answer.json()) as { data: T }).data
  }
  await until('Prometheus answers', async () => {
    return (await get('status/buildinfo').catch(() => null)) !== null
  })
  const query = async (expression: string): Promise<readonly Sample[]> =>
    (await get<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expression)}`))
      .result
  return {
    get,
    query,
    numberOf: async (expression: string): Promise<number> =>
      Number((await query(expression))[0]?.value[1] ?? Number.NaN),
    firing: async (name: string) =>
      (await get<{ alerts: readonly Alert[] }>('alerts')).alerts.filter(
        ({ labels, state }) => labels.alertname === name && state === 'firing',
      ),
    text: prometheus.text,
  }
}

const LISTEN = (port: number) => ({ metrics: { listen: `127.0.0.1:${port}` } })

test('Prometheus scrapes a guard: a crash makes its counter move, a service that gives up fires an alert', async () => {
  const port = await freePort()
  const room = openRoom(
    {
      web: { command: ['/bin/sleep', '1000'], restart: { delay: '10ms' } },
      twins: { command: ['/bin/sleep', '1000'], instances: 2 },
      broken: {
        command: ['/bin/false'],
        autostart: false,
        restart: { limit: '1/1m', delay: '10ms' },
      },
    },
    LISTEN(port),
  )
  await room.up()
  await room.running('web', 'twins@1', 'twins@2')
  const { get, query, numberOf, firing, text } = await startPrometheus(room, port)

  await until('the target is up', async () => {
    const { activeTargets } = await get<{
      activeTargets: readonly { readonly health: string }[]
    }>('targets')
    return activeTargets[0]?.health === 'up'
  })
  await until(
    'its services are known',
    async () => (await numberOf('sum(stead_service_ready)')) === 3,
  )
  // A scrape that comes too late on a busy machine leaves a moment in which nothing is known.
  const twins = await until('both instances are told', async () => {
    const found = await query('stead_service_ready{service="twins"}')
    return found.length > 0 ? found : null
  })
  expect(twins.map(({ metric }) => metric.id).sort()).toEqual(['twins@1', 'twins@2'])
  // A label that Prometheus had to rename would be here.
  expect(
    Object.keys(twins[0]?.metric ?? {}).filter((label) => label.startsWith('exported')),
  ).toEqual([])

  const restarts = 'stead_service_restarts_total{id="web",cause="itself"}'
  await until('it has not been restarted', async () => (await numberOf(restarts)) === 0)
  process.kill((await room.one('web')).pid as number, 'SIGKILL')
  await until('the counter has moved', async () => (await numberOf(restarts)) === 1)
  await until('it was ready again', async () => {
    return (await numberOf('stead_service_fault_recovery_seconds_count{id="web"}')) === 1
  })
  await until('there were two starts', async () => {
    return (await numberOf('stead_service_starts_total{id="web"}')) === 2
  })

  expect(await firing('SteadServiceFatal')).toEqual([])
  await room.stead('start', 'broken')
  const [alert] = await until('the alert fires', async () => {
    const found = await firing('SteadServiceFatal')
    return found.length > 0 ? found : null
  })
  expect(alert).toMatchObject({
    labels: { service: 'broken', id: 'broken', job: 'stead' },
    annotations: { summary: 'broken has failed for good.' },
  })
  expect(text()).not.toMatch(/level=(warn|error).*(scrape|append|rule)/i)

  await room.stead('down')
  await until('that the guard is gone is an alert', async () => {
    return (await firing('SteadGuardDown')).length === 1
  })
  room.expectNothingLeft()
})

test('a real exposition of every kind of service is clean for promtool', async () => {
  const room = openRoom({
    web: {
      command: ['/bin/sleep', '1000'],
      ready: { exec: ['/bin/true'] },
      health: { exec: ['/bin/true'], every: '50ms' },
    },
    job: { command: ['/bin/true'], type: 'job' },
    dropping: { command: ['/bin/echo', 'word'], type: 'job', log: { whenFull: 'drop' } },
    silent: { command: ['/bin/sleep', '1000'], log: { format: 'off' } },
  })
  await room.up()
  await room.running('web', 'silent')
  await until('its health was asked', async () => {
    const { stdout } = await room.stead('metrics')
    return stdout.includes(
      'stead_service_probe_seconds_count{service="web",id="web",probe="health"}',
    )
  })
  const { stdout, code } = await room.stead('metrics')
  expect(code).toBe(0)
  const checked = await run(['promtool', 'check', 'metrics'], {
    cwd: room.directory,
    input: stdout,
  })
  expect(checked).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(stdout).toMatch(/stead_service_memory_bytes\{service="web",id="web"\} [1-9]/)
  expect(stdout).toMatch(/stead_service_processes\{service="web",id="web"\} 1\n/)
  expect(stdout).toMatch(/stead_service_phase\{service="job",id="job",phase="exited"\} 1\n/)
  expect(stdout).not.toMatch(/stead_service_output_bytes_total\{service="silent"/)
  const open = await room.stead('metrics', '--openmetrics', 'web')
  expect(open.stdout).toMatch(/# EOF\n$/)
  expect(open.stdout).not.toContain('service="job"')
})

test('a scrape every 10 ms from ten sides: what others ask is answered, and the guard rests in between', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`s${at}`, { command: ['/bin/sleep', '1000'] }]),
  )
  const room = openRoom(many)
  const guard = await room.up()
  await room.waitFor('s99', 'runs', ({ phase }) => phase === 'running')
  const socket = room.socket()
  const cpu = (): number => {
    const stat = readFileSync(`/proc/${guard.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    return (Number(stat[11]) + Number(stat[12])) * 10
  }
  const before = cpu()
  let scrapes = 0
  let looks = 0
  let isOver = false
  const scraper = async (): Promise<void> => {
    for (let turn = 0; turn < 60; turn += 1) {
      const asked = performance.now()
      expect((await ask(socket, '/metrics')).status).toBe(200)
      scrapes += 1
      const rest = 10 - (performance.now() - asked)
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
    }
  }
  const looker = async (): Promise<void> => {
    while (!isOver) {
      await ask(socket, '/v1')
      looks += 1
    }
  }
  const scraped = Promise.all(Array.from({ length: 10 }, scraper)).finally(() => {
    isOver = true
  })
  await Promise.all([scraped, looker()])
  const used = cpu() - before
  console.log(`${scrapes} scrapes and ${looks} looks: ${used} ms of processor time`)
  expect(used / scrapes).toBeLessThan(20)
  // One of eleven that ask in turn: it has its turn about as often as each of the others.
  expect(looks).toBeGreaterThan(60 / 4)
})

test('stead apply moves the metrics to another port, behind a token, and away, and touches no program', async () => {
  const [first, second] = [await freePort(), await freePort()]
  const web = { web: { command: ['/bin/sleep', '1000'] } }
  const room = openRoom(web, LISTEN(first))
  const tokenFile = join(room.directory, 'token')
  writeFileSync(tokenFile, 'a-long-s3cret-of-ours\n', { mode: 0o600 })
  await room.up()
  const [before] = await room.running('web')
  const statusAt = async (port: number, token?: string): Promise<number | null> => {
    const headers: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers,
      signal: AbortSignal.timeout(45_000),
    }).catch(() => null)
    await answer?.text()
    return answer?.status ?? null
  }
  await until('it listens', async () => (await statusAt(first)) === 200)
  room.write(web, { metrics: { listen: second, tokenFile } })
  expect(await room.stead('apply')).toMatchObject({ code: 0 })
  await until(
    'it listens elsewhere',
    async () => (await statusAt(second, 'a-long-s3cret-of-ours')) === 200,
  )
  expect(await statusAt(second)).toBe(401)
  expect(await statusAt(first)).toBeNull()
  room.write(web)
  expect(await room.stead('apply')).toMatchObject({ code: 0 })
  await until(
    'nobody listens',
    async () => (await statusAt(second, 'a-long-s3cret-of-ours')) === null,
  )
  expect(await room.one('web')).toMatchObject({ pid: before?.pid, incarnation: 1 })
  expect(await room.stead('down')).toMatchObject({ code: 0 })
})
