/** A suite that runs on the real thing, and what a machine must have for it. */
export interface Suite {
  readonly name: string
  readonly about: string
  /** The file that runs it; it ends with a line `N passed, N failed, N skipped`. */
  readonly entry: string
  readonly packages: readonly string[]
  readonly needsRoot: boolean
  /**
   * Suites of one stage run side by side: those of systemd and of Wine wait most of their time, for
   * restarts and time-outs of somebody else's. What only computes runs beside nothing that is in a hurry.
   */
  readonly stage: number
}

export const SUITES: readonly Suite[] = [
  {
    name: 'fuzz',
    about: 'random lives of a guard, and random configurations, by seeds',
    entry: 'test/fuzz/run.ts',
    packages: [],
    needsRoot: false,
    stage: 1,
  },
  {
    name: 'package',
    about: 'the package as it is published',
    entry: 'test/e2e/package/run.ts',
    packages: [],
    needsRoot: false,
    stage: 1,
  },
  {
    name: 'guard',
    about: 'the guard on real programs, by its command line',
    entry: 'test/e2e/guard/run.ts',
    packages: [
      'redis-server',
      'nginx-light',
      'etcd-server',
      'openssl',
      'prometheus',
      'supervisor',
      'python3',
      'curl',
      'tmux',
      'zsh',
      'fish',
      'rsyslog',
      'systemd',
      'supervisor',
      'wrk',
    ],
    needsRoot: false,
    stage: 2,
  },
  {
    name: 'systemd',
    about: 'a real systemd, booted in a container',
    entry: 'test/e2e/systemd/run.ts',
    packages: [
      'systemd',
      'systemd-container',
      'dbus',
      'libpam-systemd',
      'redis-server',
      'nginx-light',
    ],
    needsRoot: true,
    stage: 3,
  },
  {
    name: 'wine',
    about: 'a real Service Control Manager, in Wine',
    entry: 'test/e2e/wine/run.ts',
    packages: ['wine', 'wine64', 'gcc-mingw-w64-x86-64'],
    needsRoot: false,
    stage: 3,
  },
  {
    name: 'pack',
    about: 'what stead pack makes, installed, used and removed',
    entry: 'test/e2e/pack/run.ts',
    packages: [
      'curl',
      'dbus',
      'dpkg',
      'gcc-mingw-w64-x86-64',
      'libengine-pkcs11-openssl',
      'lintian',
      'lld',
      'llvm',
      'msitools',
      'nsis',
      'opensc',
      'openssl',
      'osslsigncode',
      'rpm',
      'softhsm2',
      'systemd',
      'systemd-container',
      'wine',
      'wine64',
      'wixl',
    ],
    needsRoot: true,
    stage: 4,
  },
]

/** Packages that tests of `npm run check` make use of when they are there. */
export const CHECK_PACKAGES: readonly string[] = [
  'curl',
  'libplist-utils',
  'openssl',
  'prometheus',
  'python3',
]
