import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandRunner } from '../../../../src/model/ports/command-runner.ts'
import { completeSpec } from '../../../../src/model/service-spec.ts'
import { nodeCommandRunner } from '../../../../src/platform/command-runner.ts'
import type { SpecBuilder } from '../../../contract/service-manager/setup.ts'
import { type ManagerSetup, serviceManagerContract } from '../../../contract/service-manager.ts'
import { factsOf, fingerprint } from './facts.ts'
import { realManager, realPorts, scope, workspace } from './manager.ts'
import { alive } from './scenario.ts'

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const story = join(fixtures, 'services/story.ts')
let counter = 0

const plain: SpecBuilder = (name, args, settings) =>
  completeSpec({
    name,
    file: process.execPath,
    args: [join(fixtures, 'programs/record.mjs'), ...args],
    protocol: 'none',
    ...settings,
  })

const native: SpecBuilder = (name, args, settings) =>
  completeSpec({
    name,
    file: process.execPath,
    args: [story, ...args],
    protocol: 'native',
    ...settings,
  })

const setup: ManagerSetup = {
  makeManager: realManager,
  newName: () => `contract-${scope}-${++counter}`,
  tempFile(label) {
    const directory = join(workspace, `${++counter} ${label}`)
    mkdirSync(directory)
    chmodSync(directory, 0o777)
    return join(directory, 'file')
  },
  readText: async (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  writeText: async (path, text) => writeFileSync(path, text),
  isAlive: async (pid) => alive(pid),
  story: existsSync(story) ? native : { lack: 'there is no program built with the SDK yet' },
  plain,
  fingerprint: async (name) => fingerprint(name),
  facts: async (name) => factsOf(name),
  restarts: { delay: 50 },
  readiness: true,
  // From its first moment on: the program has to be up before, on a machine with much to do.
  slowStart: { startTimeout: 6_000, startMs: 8_000 },
  pausedPhase: true,
  stoppingPhase: true,
  exitTime: true,
  logs: true,
  account: { user: 'nobody', group: 'nogroup' },
  foreign: {
    async create(name) {
      mkdirSync(unitDirectory(), { recursive: true })
      writeFileSync(unitOf(name), '[Service]\nExecStart=/bin/sleep infinity\n')
      reread()
    },
    exists: async (name) => existsSync(unitOf(name)),
    async remove(name) {
      rmSync(unitOf(name))
      reread()
    },
  },
  unprivileged:
    scope === 'user'
      ? { lack: 'a user needs no right for services of their own' }
      : () => {
          const { accounts } = realPorts()
          return realManager({
            runner: asNobody(),
            accounts: { ...accounts, isPrivileged: () => false },
          })
        },
  failing: () => realManager({ runner: failingEnable() }),
  shutdown: { lack: 'the shutdown of the container is told from outside, at its end' },
  openHandle: { lack: 'only the SCM keeps a deleted service while a handle is open' },
}

serviceManagerContract(`systemd, scope ${scope}`, setup)

function unitDirectory(): string {
  return scope === 'system'
    ? '/etc/systemd/system'
    : join(process.env.HOME ?? '/', '.config/systemd/user')
}

function unitOf(name: string): string {
  return join(unitDirectory(), `${name}.service`)
}

function reread(): void {
  execFileSync('systemctl', [`--${scope}`, 'daemon-reload'])
}

/** Every command as a user without rights: what systemd then refuses is refused by systemd itself. */
function asNobody(): CommandRunner {
  const real = nodeCommandRunner()
  const drop = ['--reuid=nobody', '--regid=nogroup', '--clear-groups', '--']
  return {
    run: (file, args, options) => real.run('setpriv', [...drop, file, ...args], options),
    lines: (file, args, options) => real.lines('setpriv', [...drop, file, ...args], options),
  }
}

/** `systemctl enable` is given an option that it does not have, and fails; all else is real. */
function failingEnable(): CommandRunner {
  const real = nodeCommandRunner()
  return {
    ...real,
    run: (file, args, options) =>
      real.run(file, args.includes('enable') ? [...args, '--no-such-option'] : args, options),
  }
}
