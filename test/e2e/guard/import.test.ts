/** Configurations of others, run by them (or as they would) and, imported, by a guard: the same programs in the same surroundings. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom, type Room } from './room.ts'
import { PYTHON, plainEnvironment, run, STEAD } from './stead.ts'

/** Says what it got: arguments, directory, umask and the variables that it is asked for. */
const TELL = `import json, os, sys, time
names = os.environ['TOLD'].split()
told = {'argv': sys.argv[1:], 'cwd': os.getcwd(), 'umask': os.umask(0),
        'env': {name: os.environ.get(name) for name in names}}
path = os.path.join(os.environ['OUT'], sys.argv[1] + '.json')
with open(path + '.part', 'w') as file: json.dump(told, file)
os.rename(path + '.part', path)
time.sleep(1000)
`

/** All that was told into a directory, by the name of the program, when so many have. */
async function toldIn(directory: string, count: number): Promise<Record<string, unknown>> {
  const files = await until(`${count} programs have told`, () => {
    const there = readdirSync(directory).filter((name) => name.endsWith('.json'))
    return there.length === count ? there : null
  })
  return Object.fromEntries(
    files.map((name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8'))]),
  )
}

function ended(
  file: string,
  args: readonly string[],
  room: Room,
  env: Record<string, string>,
): void {
  const child = spawn(file, args, {
    cwd: room.directory,
    env: plainEnvironment(env),
    stdio: 'ignore',
    detached: true,
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    process.kill(-child.pid, 'SIGTERM')
    await gone
  })
}

/** Imports PATH with a guard's environment, starts it, and gives what its programs tell. */
async function underGuard(room: Room, path: string, count: number, env: Record<string, string>) {
  const made = await run([...STEAD, 'import', path, '-o', room.file], { cwd: room.directory })
  expect(made).toMatchObject({ code: 0 })
  const out = join(room.directory, 'guard')
  mkdirSync(out)
  await room.up({ env: { ...env, OUT: out } })
  const told = await toldIn(out, count)
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  return { told, losses: made.stderr }
}

test.skipIf(!existsSync('/usr/bin/supervisord'))(
  'what supervisord runs, an imported guard runs with the same words, variables, directory and umask',
  async () => {
    const room = openRoom()
    const { directory } = room
    writeFileSync(join(directory, 'tell.py'), TELL)
    mkdirSync(join(directory, 'work'))
    mkdirSync(join(directory, 'conf.d'))
    const conf = join(directory, 'supervisord.conf')
    const names = 'A B WHO NUMBER PATHS PERCENT ALL EMPTY'
    writeFileSync(
      conf,
      `[supervisord]
nodaemon=true ; in the foreground
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s
umask=027
environment=TOLD="${names}",ALL="of all"
[include]
files = conf.d/*.conf
`,
    )
    writeFileSync(
      join(directory, 'conf.d/a.conf'),
      `[program:quotes]
command=${PYTHON} ${directory}/tell.py %(program_name)s "two words" 'it is "so"' a\\ b "back\\slash \\" q" "" $HOME * 100%% a;b # not this
directory=%(here)s/../work
environment=A="1,2",B='x "y"',WHO="%(ENV_WHO)s",PATHS="/opt:%(ENV_WHO)s",PERCENT="50%%",EMPTY=""

[program:number]
command=${PYTHON} ${directory}/tell.py
    n%(process_num)02d
    --of %(numprocs)d
    --who %(ENV_WHO)s
process_name=%(program_name)s_%(process_num)d
numprocs=2
environment=NUMBER="%(process_num)d"
umask=002
`,
    )
    const out = join(directory, 'theirs')
    mkdirSync(out)
    ended('/usr/bin/supervisord', ['-n', '-c', conf], room, { OUT: out, WHO: 'me' })
    const theirs = await toldIn(out, 3)
    const { told, losses } = await underGuard(room, conf, 3, { WHO: 'me' })
    expect(told).toEqual(theirs)
    expect(losses).toBe('')
  },
)

test('the lines of a Procfile get the same words, variables and directory as from a shell', async () => {
  const room = openRoom()
  const { directory } = room
  writeFileSync(join(directory, 'tell.py'), TELL)
  writeFileSync(join(directory, '.env'), 'TOLD=\'A B PORT\'\nA=from the file\nB="quoted"\n')
  const lines: Record<string, string> = {
    plain: `${PYTHON} tell.py plain --port 1 'two  words' "a b" \\$x`,
    variable: `${PYTHON} tell.py variable -p $PORT "$A" \${MISSING:-none}`,
    assigned: `A=own B='x y' ${PYTHON} tell.py assigned`,
    script: `test -f tell.py && ${PYTHON} tell.py script *.py`,
    exec: `exec ${PYTHON} tell.py exec # for now`,
  }
  const procfile = Object.entries(lines).map(([name, line]) => `${name}: ${line}\n`)
  writeFileSync(join(directory, 'Procfile'), procfile.join(''))
  const out = join(directory, 'theirs')
  mkdirSync(out)
  Object.values(lines).forEach((line, index) => {
    const env = {
      TOLD: 'A B PORT',
      A: 'from the file',
      B: 'quoted',
      PORT: String(5_000 + 100 * index),
    }
    ended('/bin/sh', ['-c', line], room, { ...env, OUT: out })
  })
  const theirs = await toldIn(out, 5)
  const { told, losses } = await underGuard(room, join(directory, 'Procfile'), 5, {})
  expect(told).toEqual(theirs)
  expect(losses).toBe('')
})
