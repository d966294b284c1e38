import { parseSpec } from '../../../src/config/parse-spec.ts'
import type { Home } from '../../../src/model/home.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../../src/model/service-spec.ts'

interface Golden {
  readonly spec: ServiceSpec
  readonly scope: Scope
  readonly home?: Home
}

/** Values on which hand-written unit writers come to grief. */
const HOSTILE = [
  '',
  ';',
  'a b',
  '"',
  "'",
  '\\',
  'C:\\dir\\',
  '%n %% %h',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: systemd would replace it
  '$HOME ${HOME} $$',
  'line\nbreak\ttab',
  '#no comment',
  '-',
  '@x',
  'grüße 你好 🚀',
  '\u0001\u007f',
]

/** The units in test/golden/systemd, by name; systemd-analyze(1) `verify` finds nothing in them. */
export const goldenSpecs: Readonly<Record<string, Golden>> = {
  plain: { scope: 'system', spec: completeSpec({ name: 'plain', file: '/bin/true' }) },
  native: {
    scope: 'system',
    spec: completeSpec({
      name: 'native',
      displayName: 'Native service',
      description: 'Built with the SDK',
      file: '/bin/true',
      protocol: 'native',
      configFile: '/etc/native.conf',
      startType: 'auto',
      watchdog: 20_000,
      restart: { when: 'always', delay: 200, limit: null },
    }),
  },
  hostile: {
    scope: 'system',
    spec: completeSpec({
      name: 'hostile',
      displayName: '100% "of" $HOME\n\\',
      description: '; # [Service] \\',
      file: '/bin/true',
      args: HOSTILE,
      env: Object.fromEntries(HOSTILE.slice(0, -1).map((value, index) => [`H_${index}`, value])),
      cwd: '/var/tmp/with blanks %h $HOME ',
      envFile: '/var/tmp/[env] *? %n \\',
      startType: 'delayed',
    }),
    home: {
      root: '/var/tmp/stead home %h',
      specs: '/s',
      state: '/s',
      run: '/r',
      logs: '/l',
    },
  },
  'hostile-path': {
    scope: 'system',
    spec: completeSpec({
      name: 'hostile-path',
      file: '/var/tmp/with blanks %h $HOME ;/program',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: nothing replaces it
      args: ['$HOME', '${HOME}', '%h'],
    }),
  },
  limited: {
    scope: 'system',
    spec: completeSpec({
      name: 'limited',
      file: '/bin/true',
      user: 'daemon',
      group: 'daemon',
      dependsOn: ['plain', 'native'],
      killMode: 'control-group',
      limits: { memory: 512 * 1024 * 1024, cpu: 50, openFiles: 4096, processes: 64 },
      harden: 'standard',
    }),
  },
  strict: {
    scope: 'system',
    spec: completeSpec({ name: 'strict', file: '/bin/true', cwd: '/var/tmp', harden: 'strict' }),
  },
  'by-itself': {
    scope: 'system',
    spec: parseSpec(
      {
        name: 'by-itself',
        command: '/bin/true',
        ready: { notify: true },
        reload: { signal: 'SIGUSR1' },
        stop: { signal: 'SIGQUIT', timeout: '30s' },
      },
      'test',
    ),
  },
  guarded: {
    scope: 'system',
    spec: parseSpec(
      {
        name: 'guarded',
        command: '/bin/true --port 8080',
        cwd: '/var/tmp',
        env: { A: 'b' },
        user: 'daemon',
        dependsOn: ['plain'],
        limits: { memory: '512M' },
        startTimeout: '20s',
        health: { http: 'http://127.0.0.1:8080/healthz' },
        stop: [{ signal: 'SIGINT', wait: '30s' }],
        restart: { delay: '200ms', factor: 2 },
      },
      'test',
    ),
  },
  disabled: {
    scope: 'system',
    spec: completeSpec({ name: 'disabled', file: '/bin/true', startType: 'disabled' }),
  },
  user: {
    scope: 'user',
    spec: completeSpec({ name: 'user', file: '/bin/true', startType: 'delayed' }),
  },
}
