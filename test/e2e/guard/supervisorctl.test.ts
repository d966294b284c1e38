/** Debian's supervisorctl on a guard, beside a supervisord that has the same programs. */
import { spawn } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'
import { plainEnvironment } from './stead.ts'
import { ctl, hasSupervisor, many, plain, pythonRuns, supervisord } from './supervisor.ts'

const TALKS = 'trap "echo got hup" HUP; echo hello; echo err >&2; while :; do sleep 0.1; done'
const SLEEP = ['sleep', '1000']

const raw = { log: { format: 'raw' } }
const services = (room: Room) => ({
  web: { command: ['sh', '-c', TALKS], ...raw },
  db: { command: SLEEP, ...raw },
  api: { command: SLEEP, instances: 2, ...raw },
  manual: { command: SLEEP, autostart: false, ...raw },
  nope: { command: ['/does/not/exist'], autostart: false },
  noexec: { command: [join(room.directory, 'noexec')], autostart: false },
  quick: { command: ['sh', '-c', 'exit 3'], autostart: false, restart: { when: 'no' } },
})
const programs = (room: Room): string => `
[program:web]
command=sh -c '${TALKS}'
startsecs=0
redirect_stderr=true
[program:db]
command=sleep 1000
startsecs=0
[program:api]
command=sleep 1000
startsecs=0
numprocs=2
numprocs_start=1
process_name=%(program_name)s@%(process_num)d
[program:manual]
command=sleep 1000
startsecs=0
autostart=false
[program:nope]
command=/does/not/exist
autostart=false
[program:noexec]
command=${join(room.directory, 'noexec')}
autostart=false
[program:quick]
command=sh -c 'exit 3'
autostart=false
startretries=0
[group:back]
programs=db,api
`

/** In this order on both; what they print and their exit codes are the same. */
const ALIKE = [
  ...['status', 'status web', 'status back:*', 'status back:db nobody nobody:x nobody:*'],
  ...['start', 'start web', 'start nobody', 'start nobody:*', 'start nobody:x', 'start back:'],
  ...['start nope', 'start noexec', 'start quick', 'start manual', 'start manual web'],
  ...['signal HUP web', 'signal 1 back:*', 'signal SIGCONT back:api@2', 'signal CONT all'],
  ...['signal FOO web', 'signal FOO nobody', 'signal FOO back:*', 'signal HUP nobody:*'],
  ...['stop manual', 'stop manual', 'status manual', 'signal HUP manual', 'stop', 'stop nobody'],
  ...['stop nobody:*', 'restart web', 'restart nobody', 'restart'],
  ...['tail nobody', 'tail web foo', 'tail -x web', 'tail', 'maintail -x'],
  ...['pid', 'pid web', 'pid manual', 'pid nobody', 'pid back:api@1 web', 'avail', 'version'],
  ...['clear web', 'clear nobody', 'clear back:*', 'clear'],
  ...['reread', 'update', 'update nobody', 'add nobody', 'add web', 'remove nobody'],
  ...['remove web', 'stop web', 'remove web', 'status web', 'avail', 'add web', 'status web'],
  ...['fg', 'fg nobody', 'fg manual', 'fg web db', 'foo', 'help', 'help status'],
  ...['stop back:*', 'status back:*', 'start back:*', 'stop all', 'stop all', 'start all'],
]

describe.skipIf(!hasSupervisor)('supervisorctl', () => {
  test('prints on a guard what it prints on a supervisord, with the same exit codes', async () => {
    const room = openRoom()
    writeFileSync(join(room.directory, 'noexec'), '#!/bin/sh\n')
    room.write(services(room), { groups: { back: { services: ['db', 'api'] } } })
    const [real] = await Promise.all([supervisord(room, programs(room)), room.up()])
    await room.running('web', 'db', 'api@1', 'api@2')
    await until('supervisord has started its programs', async () => {
      const [answer] = await many(room, real, ['status web back:*'])
      return answer?.code === 0
    })
    const [theirs, ours] = await Promise.all([
      many(room, real, ALIKE),
      many(room, room.socket(), ALIKE),
    ])
    const told = (answers: typeof ours) =>
      ALIKE.map((command, at) => [command, answers[at]?.code, plain(answers[at]?.text ?? '')])
    expect(told(ours)).toEqual(told(theirs))
  })

  test('shows the log of a program and the events of the guard, and follows them', async () => {
    const room = openRoom({ web: { command: ['sh', '-c', TALKS], ...raw } })
    await room.up()
    await room.running('web')
    const socket = room.socket()
    await until('it has spoken', async () =>
      (await ctl(room, socket, 'tail', 'web')).stdout.includes('err'),
    )
    const tails = await many(room, socket, [
      'tail web',
      'tail web stderr',
      'tail -4 web',
      'maintail',
    ])
    expect(tails.map(({ code, text }) => [code, text])).toEqual([
      [0, 'hello\nerr\n\n'],
      [0, 'hello\nerr\n\n'],
      [0, 'err\n\n'],
      [
        0,
        expect.stringMatching(
          /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO guard started\n[\S\s]*INFO web is running/,
        ),
      ],
    ])
    const follow = follower(room, 'tail', '-f', 'web')
    const errors = follower(room, 'tail', '-f', 'web', 'stderr')
    const events = follower(room, 'maintail', '-f')
    await until(
      'all of them show what is there',
      () =>
        [follow, errors].every(({ text }) => text().includes('err')) &&
        events.text().includes('running'),
    )
    expect(await ctl(room, socket, 'signal', 'HUP', 'web')).toMatchObject({ code: 0 })
    await until('the followers see it', () =>
      [follow, errors].every(({ text }) => text().includes('got hup')),
    )
    expect(follow.text()).toBe('==> Press Ctrl-C to exit <==\nhello\nerr\ngot hup\n')
    expect(await ctl(room, socket, 'stop', 'web')).toMatchObject({ code: 0 })
    await until('the stop is an event', () => events.text().includes('INFO web is stopped'))
  })

  test('fg shows each line once, and what is typed is refused', async () => {
    const command = ['sh', '-c', 'while :; do echo tick; sleep 0.2; done']
    const room = openRoom({ web: { command, log: { format: 'raw' } } })
    await room.up()
    await room.running('web')
    const fg = follower(room, 'fg', 'web')
    await until('it shows lines', () => /tick\ntick\n/.test(fg.text()))
    fg.type('hello\n')
    await until('it has ended', () => fg.text().includes('Exiting foreground'))
    expect(fg.text()).toContain("ERROR: <Fault 20: 'NO_FILE: web'>")
  })

  test('takes over what has changed in stead.yaml, by groups', async () => {
    const room = openRoom({ a: { command: SLEEP }, b: { command: SLEEP }, c: { command: SLEEP } })
    await room.up()
    const [a, b] = await room.running('a', 'b', 'c')
    const socket = room.socket()
    room.write(
      {
        a: { command: SLEEP },
        b: { command: ['sleep', '2000'] },
        d: { command: SLEEP },
        e: { command: SLEEP },
      },
      { groups: { g: { services: ['d', 'e'] } } },
    )
    const told = await many(room, socket, [
      ...['avail', 'reread', 'avail', 'status', 'update b nobody', 'update', 'reread', 'status'],
    ])
    const lines = told.map(({ text }) => plain(text).filter((line) => line !== ''))
    expect(told.map(({ code }) => code)).toEqual([0, 0, 0, 0, 1, 0, 0, 0])
    expect(lines[1]).toEqual(['b: changed', 'c: disappeared', 'g: available'])
    expect(lines[2]).toEqual([
      expect.stringMatching(/^a +in use +auto/),
      expect.stringMatching(/^b +in use/),
      expect.stringMatching(/^g:d +avail /),
      expect.stringMatching(/^g:e +avail /),
    ])
    expect(lines[3]).toHaveLength(3)
    expect(lines[4]).toEqual([
      'ERROR: no such group: nobody',
      'b: stopped',
      'b: updated process group',
    ])
    expect(lines[5]).toEqual(['c: removed process group', 'c: stopped', 'g: added process group'])
    expect(lines[6]).toEqual(['No config updates to processes'])
    expect(lines[7]?.map((line) => line.split(' ')[0])).toEqual(['a', 'b', 'g:d', 'g:e'])
    expect((await room.one('a')).pid).toBe(a?.pid)
    expect((await room.one('b')).pid).not.toBe(b?.pid)
    writeFileSync(room.file, 'services: [')
    const [broken] = await many(room, socket, ['reread'])
    expect(broken).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^ERROR: CANT_REREAD: .*stead\.yaml/),
    })
  })

  test('reload restarts everything and reads stead.yaml, shutdown ends the guard', async () => {
    const room = openRoom({ a: { command: SLEEP }, m: { command: SLEEP, autostart: false } })
    const guard = await room.up()
    const [before] = await room.running('a')
    const socket = room.socket()
    expect(await ctl(room, socket, 'start', 'm')).toMatchObject({ code: 0, stdout: 'm: started\n' })
    appendFileSync(room.file, '\n')
    expect(await ctl(room, socket, 'reload')).toEqual({
      code: 0,
      stdout: 'Restarted supervisord\n',
      stderr: '',
    })
    await room.waitFor(
      'a',
      'is another process',
      ({ pid, phase }) => phase === 'running' && pid !== before?.pid,
    )
    await room.waitFor('m', 'is stopped', ({ phase }) => phase === 'stopped')
    expect(await ctl(room, socket, 'shutdown')).toEqual({
      code: 0,
      stdout: 'Shut down\n',
      stderr: '',
    })
    expect(await guard.ended).toMatchObject({ code: 0 })
    const after = await ctl(room, socket, 'status')
    expect([after.code, after.stdout]).toEqual([4, `unix://${socket} no such file\n`])
    room.expectNothingLeft()
  })

  test('Python’s own client has every method, and faults with supervisor’s codes', async () => {
    const room = openRoom({ web: { command: SLEEP, env: { SECRET: 'hunter2' } } })
    const guard = await room.up()
    await room.running('web')
    const answers = JSON.parse(pythonRuns(SESSION, room.socket()))
    expect(answers).toMatchObject({
      version: '3.0',
      state: { statecode: 1, statename: 'RUNNING' },
      pid: guard.pid,
      names: ['web'],
      stopped: true,
      after: ['STOPPED', 0],
      started: [{ name: 'web', group: 'web', status: 80, description: 'OK' }],
      faults: [1, 1, 2, 2, 2, 10, 10, 11, 60, 30, 3, 20, 4],
      many: [
        ['3.0'],
        { faultCode: 10, faultString: 'BAD_NAME: nobody' },
        { faultCode: 2 },
        { faultCode: 1 },
      ],
      signature: ['boolean', 'string', 'boolean'],
      tail: ['', 0, false],
    })
    expect(answers.methods).toContain('supervisor.getAllProcessInfo')
    expect(answers.undescribed).toEqual([])
    expect(answers.config).toMatchObject({ name: 'web', command: 'sleep 1000', inuse: true })
    expect(JSON.stringify(answers)).not.toContain('hunter2')
  })
})

interface Follower {
  readonly text: () => string
  readonly type: (keys: string) => void
}

/** A supervisorctl that goes on; ended with the test. */
function follower(room: Room, ...words: string[]): Follower {
  const child = spawn('/usr/bin/supervisorctl', ['-s', `unix://${room.socket()}`, ...words], {
    cwd: room.directory,
    env: plainEnvironment({ PYTHONUNBUFFERED: '1' }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return { text: () => text, type: (keys) => void child.stdin.write(keys) }
}

const SESSION = `
import http.client, json, socket, sys, xmlrpc.client as x
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])
class Transport(x.Transport):
    def make_connection(self, host):
        return Unix('localhost')
guard = x.ServerProxy('http://stead', transport=Transport())
s = guard.supervisor
def fault(call, *args):
    try:
        call(*args)
        return None
    except x.Fault as f:
        return f.faultCode
out = dict(version=s.getAPIVersion(), state=s.getState(), pid=s.getPID(),
    names=[p['name'] for p in s.getAllProcessInfo()], config=s.getAllConfigInfo()[0])
out['stopped'] = s.stopProcess('web')
info = s.getProcessInfo('web')
out['after'] = [info['statename'], info['pid']]
out['started'] = s.startAllProcesses(True)
out['faults'] = [fault(guard.nothing), fault(s._update), fault(s.getPID, 1), fault(s.startProcess),
    fault(s.startProcess, {'a': 1}), fault(s.stopProcess, 'nobody'), fault(s.getProcessInfo, 'web:*'),
    fault(s.signalProcess, 'web', 'NONE'), fault(s.startProcess, 'web', False), fault(s.clearLog),
    fault(s.readProcessStdoutLog, 'web', -1, 1), fault(s.sendProcessStdin, 'web', 'x'),
    fault(guard.system.methodHelp, 'nothing')]
calls = x.MultiCall(guard)
out['many'] = guard.system.multicall([{'methodName': 'supervisor.getVersion', 'params': []},
    {'methodName': 'supervisor.stopProcess', 'params': ['nobody']},
    {'methodName': 'system.multicall', 'params': [[]]}, {'methodName': '__class__'}])
out['methods'] = guard.system.listMethods()
out['undescribed'] = [m for m in out['methods'] if not guard.system.methodHelp(m) or not guard.system.methodSignature(m)]
out['signature'] = guard.system.methodSignature('supervisor.startProcess')
out['tail'] = s.tailProcessStdoutLog('web', 0, 100)
print(json.dumps(out))
`
