import { extname } from 'node:path'
import { splitCommand } from '../../config/split-command.ts'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { ownDirectory, pathFrom, type Source } from '../source.ts'
import type { Node } from '../structure.ts'
import { table } from '../table.ts'
import { setShellCommand } from '../through-shell.ts'
import { byteText, truthOf, wholeOf } from '../values.ts'

/** lib/API/interpreter.json of pm2. */
const INTERPRETERS = table<string>({
  '.js': 'node',
  '.cjs': 'node',
  '.mjs': 'node',
  '.ts': 'bun',
  '.tsx': 'bun',
  '.py': 'python3',
  '.rb': 'ruby',
  '.php': 'php',
  '.pl': 'perl',
  '.sh': 'bash',
  '.coffee': 'coffee',
  '.ls': 'lsc',
})
const TAKEN =
  'name script args cwd interpreter exec_interpreter interpreter_args node_args exec_mode instances env max_memory_restart autorestart max_restarts min_uptime restart_delay exp_backoff_restart_delay kill_timeout wait_ready listen_timeout cron_restart cron out_file output error_file error err_file log_file log merge_logs combine_logs stop_exit_codes uid gid namespace treekill time watch append_env_to_name vizion automation pmx pmx_module source_map_support disable_source_map_support force log_date_format log_type instance_var increment_var'.split(
    ' ',
  )
const LOST = table<readonly [why: string, instead: string | null]>({
  ignore_watch: ['files are not watched', null],
  watch_delay: ['files are not watched', null],
  watch_options: ['files are not watched', null],
  shutdown_with_message: ['a program is stopped by a signal', 'let it listen for SIGINT'],
  post_update: ['stead deploys nothing', null],
  filter_env: [
    'a program has what the guard has in its environment',
    'start the guard with a small environment',
  ],
  id: ['services go by their names', null],
})

/** One app of an ecosystem. */
export function addApp(app: Node, source: Source, draft: Draft, directory: string): void {
  const text = (name: string): string | null => app.at(name)?.text() ?? null
  const place = (name: string) => ({ place: app.at(name)?.place ?? app.place, setting: name })
  const script = text('script') ?? ''
  const service = addService(
    draft,
    text('name') ?? (script.split('/').at(-1) || 'app').replace(/\.\w+$/, ''),
    app.place,
  )
  const cwd = text('cwd')
  service.set(
    'cwd',
    cwd === null ? ownDirectory(directory, source.base) : pathFrom(directory, cwd, source.base),
    place('cwd'),
  )
  setCommand(service, app, script)
  const env = Object.fromEntries(
    (app.at('env')?.members() ?? []).flatMap(([key, one]) => {
      const value = one.text() ?? (one.value === null ? null : JSON.stringify(one.value))
      return value === null ? [] : [[key, value]]
    }),
  )
  if (Object.keys(env).length > 0) service.set('env', env, place('env'))
  setInstances(service, app)
  setRestart(service, app)
  const wait = wholeOf(app.at('kill_timeout')?.value) ?? 1600
  const whole = truthOf(app.at('treekill')?.value) !== false
  service.set(
    'stop',
    [{ signal: 'SIGINT', ...(whole ? { to: 'tree' } : {}), wait: `${Math.max(wait, 1)}ms` }],
    place('kill_timeout'),
  )
  if (truthOf(app.at('wait_ready')?.value) === true)
    service.lose(
      'wait_ready',
      place('wait_ready').place,
      'process.send("ready") needs a channel that stead does not open',
      'ready: { log: … }, { tcp: … }, or protocol: native with the SDK',
    )
  const listen = wholeOf(app.at('listen_timeout')?.value)
  if (listen !== null && listen > 0)
    service.set('startTimeout', `${listen}ms`, place('listen_timeout'))
  const memory = text('max_memory_restart')
  if (memory !== null)
    service.set('limits', { memory: byteText(memory) ?? memory }, place('max_memory_restart'))
  const cron = text('cron_restart') ?? text('cron')
  if (cron !== null && cron !== '0') service.set('restartAt', cron, place('cron_restart'))
  for (const [from, to] of [
    ['uid', 'user'],
    ['gid', 'group'],
  ] as const)
    service.set(to, text(from) ?? undefined, place(from))
  const space = text('namespace')
  if (space !== null && space !== 'default')
    service.set('labels', { namespace: space }, place('namespace'))
  setLog(service, app, source, directory)
  loseOthers(service, app)
}

function setCommand(service: DraftService, app: Node, script: string): void {
  const at = app.at('script') ?? app
  const origin = { place: at.place, setting: 'script' }
  const words = (name: string): string[] => {
    const node = app.at(name)
    if (node === null) return []
    if (Array.isArray(node.value)) return node.items().map((item) => item.text() ?? '')
    return splitCommand(node.text() ?? '') ?? (node.text() ?? '').split(/\s+/)
  }
  const asked = (app.at('interpreter') ?? app.at('exec_interpreter'))?.text() ?? null
  if (/\s/.test(script.trim()) && asked === null && words('args').length === 0) {
    setShellCommand(service, script, origin, ['/bin/bash', '-c'])
    return
  }
  const own = INTERPRETERS[extname(script).toLowerCase()] ?? null
  const interpreter = asked === 'none' ? null : (asked ?? own)
  const flags = [...words('node_args'), ...words('interpreter_args')]
  if (script === '') service.set('command', [], origin)
  else
    service.set(
      'command',
      [...(interpreter === null ? [] : [interpreter, ...flags]), script, ...words('args')],
      origin,
    )
}

function setInstances(service: DraftService, app: Node): void {
  const node = app.at('instances')
  const count = wholeOf(node?.value)
  const cluster =
    /^cluster/.test(app.at('exec_mode')?.text() ?? '') ||
    (node !== null && app.at('exec_mode') === null && count !== 1)
  const at = (app.at('exec_mode') ?? node ?? app).place
  if (node !== null && (count === null || count < 1))
    service.lose(
      'instances',
      node.place,
      'the number of processors is not looked up',
      'write the number: instances: 4',
    )
  else if (count !== null && count > 1)
    service.set('instances', count, { place: at, setting: 'instances' })
  if (cluster)
    service.lose(
      'exec_mode',
      at,
      'instances do not share a port as those of the cluster module do',
      'listen with reusePort: true (node 23.1), or a port for each by STEAD_INSTANCE',
    )
  const counted = app.at('instance_var') ?? app.at('increment_var')
  if (counted !== null)
    service.lose(
      'increment_var',
      counted.place,
      'instances are told apart by STEAD_INSTANCE, from 1',
    )
}

function setRestart(service: DraftService, app: Node): void {
  const place = (app.at('autorestart') ?? app.at('max_restarts') ?? app.at('restart_delay') ?? app)
    .place
  const restart: Record<string, unknown> = {
    when: truthOf(app.at('autorestart')?.value) === false ? 'no' : 'always',
  }
  const backoff = wholeOf(app.at('exp_backoff_restart_delay')?.value)
  const delay = wholeOf(app.at('restart_delay')?.value)
  if (backoff !== null && backoff > 0)
    Object.assign(restart, { delay: `${backoff}ms`, factor: 1.5, maxDelay: '15s' })
  else if (delay !== null && delay > 0) Object.assign(restart, { delay: `${delay}ms`, factor: 1 })
  const times = wholeOf(app.at('max_restarts')?.value)
  if (times !== null && times > 0 && restart.when !== 'no') {
    restart.limit = `${times}/1m`
    service.note('Its limit counts failures within a minute; pm2 counts restarts below min_uptime.')
  }
  const codes = app.at('stop_exit_codes')
  if (codes !== null)
    service.lose(
      'stop_exit_codes',
      codes.place,
      'the codes after which it is restarted are named, not those after which it is not',
      'restart: { when: { codes: […] } }',
    )
  service.set('restart', Object.keys(restart).length === 1 ? restart.when : restart, {
    place,
    setting: 'autorestart',
  })
  const uptime = app.at('min_uptime')
  const ms = wholeOf(uptime?.value)
  const written = uptime?.text() ?? ''
  if (uptime !== null)
    service.set('startSeconds', ms === null ? written : `${Math.max(ms, 0)}ms`, {
      place: uptime.place,
      setting: 'min_uptime',
    })
}

function setLog(service: DraftService, app: Node, source: Source, directory: string): void {
  const first = (...names: string[]) =>
    names.map((name) => app.at(name)).find((node) => node !== null && node !== undefined) ?? null
  const out = first('out_file', 'output')
  const err = first('error_file', 'error', 'err_file')
  const both = first('log_file', 'log')
  const main = both ?? out ?? err
  const path = main?.text() ?? null
  if (main === null || path === null) return
  if (path === '/dev/null' || path === 'NULL')
    service.set('log', { format: 'off' }, { place: main.place, setting: 'out_file' })
  else if (service.settings.instances === undefined)
    service.set(
      'log',
      {
        format: truthOf(app.at('time')?.value) === true ? 'stamped' : 'raw',
        file: pathFrom(directory, path, source.base),
      },
      { place: main.place, setting: 'out_file' },
    )
  else service.lose('out_file', main.place, 'each instance has a log of its own')
  for (const other of [out, err])
    if (other !== null && other !== main && other.text() !== path)
      service.lose(
        'error_file',
        other.place,
        'both streams go to one log',
        'format: json names the stream of each line',
      )
}

function loseOthers(service: DraftService, app: Node): void {
  for (const [name, node] of app.members()) {
    if (name === 'watch') {
      if (node.value !== false && node.value !== null)
        service.lose(name, node.place, 'files are not watched', 'node --watch, nodemon')
    } else if (/^env_./.test(name))
      service.lose(
        name,
        node.place,
        'there is one environment for each service',
        `a stead.yaml of its own, or \${VAR} and variables of the guard`,
      )
    else if (name === 'log_date_format')
      service.lose(name, node.place, 'lines are stamped in one way', 'log: { format: stamped }')
    else if (!TAKEN.includes(name)) {
      const [why, instead] = LOST[name] ?? [
        unknownSetting(name, [...TAKEN, ...Object.keys(LOST)]),
        null,
      ]
      service.lose(name, node.place, why, instead)
    }
  }
}
