import { describe, expect, test } from 'vitest'
import { processorTime } from '../../../test/fixtures/processor-time.ts'
import { readRunScript } from './run-script.ts'

const sh = (...lines: string[]) => readRunScript(['#!/bin/sh', ...lines, ''].join('\n'))
const execline = (...lines: string[]) =>
  readRunScript(['#!/usr/bin/execlineb -P', ...lines, ''].join('\n'))

describe('a run script that only starts one program', () => {
  test.each([
    ['exec app -x'],
    ['exec app -x 2>&1'],
    ['exec 2>&1 app -x'],
    ['app -x'],
    ['exec pgrphack app -x'],
    ['exec /usr/bin/chpst -v -P app -x'],
  ])('%s is that program', (line) => {
    expect(sh('exec 2>&1', 'set -eu', '# a comment', '', line)?.command).toEqual(['app', '-x'])
  })

  test('says what is set before it', () => {
    const run = sh(
      'cd "/srv/my app" || exit 1',
      'umask 0027',
      'ulimit -n 512',
      "export A=1 B='two words'",
      'exec env C=3 nice -n 7 softlimit -p 9 setuidgid bob app',
    )
    expect(run).toMatchObject({
      command: ['app'],
      cwd: '/srv/my app',
      umask: '0027',
      nice: 7,
      user: 'bob',
      supplementaryGroups: [],
      limits: { openFiles: 512, processes: 9 },
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: 'two words' },
        { name: 'C', value: '3' },
      ],
    })
  })

  test.each([
    [
      'chpst -u bob:staff:audio:video',
      { user: 'bob', group: 'staff', supplementaryGroups: ['audio', 'video'] },
    ],
    ['chpst -u :1000:100', { user: '1000', group: '100', supplementaryGroups: [] }],
    ['s6-setuidgid bob:staff', { user: 'bob', group: 'staff', supplementaryGroups: [] }],
    [
      'setpriv --reuid=bob --regid staff --clear-groups',
      { user: 'bob', group: 'staff', supplementaryGroups: [] },
    ],
    ['gosu bob:staff', { user: 'bob', group: 'staff' }],
  ])('%s is an account', (chain, expected) => {
    expect(sh(`exec ${chain} app`)).toMatchObject({ ...expected, command: ['app'], stays: null })
  })

  test('a user alone keeps the groups of the database where s6 and setpriv keep them', () => {
    for (const chain of ['s6-setuidgid bob', 'gosu bob', 'setpriv --reuid bob --init-groups'])
      expect(sh(`exec ${chain} app`)?.supplementaryGroups).toBeUndefined()
  })

  test.each([
    ['chpst -u bob -b other app'],
    ['chpst -m 1000000 app'],
    ['setpriv --reuid bob --no-new-privs app'],
    ['s6-softlimit -a 1000000 app'],
    ['nice -n 99 app'],
  ])('%s stays whole, for stead has no setting for a part of it', (chain) => {
    const run = sh(`exec ${chain}`)
    expect(run?.command).toEqual(chain.split(' '))
    expect(run?.user).toBeUndefined()
    expect(run?.stays).toBe(chain.split(' ')[0])
  })

  test('services that it starts first are known', () => {
    expect(
      sh('sv -w 5 start /etc/service/db cache >/dev/null 2>&1 || exit 1', 'exec app')?.waitsFor,
    ).toEqual(['db', 'cache'])
  })
})

test.each([
  ['a variable', ['exec app $OPTS']],
  ['a file that is read', ['. ./conf', 'exec app']],
  ['a pipe', ['exec app | tee x']],
  ['a redirection', ['exec app > /dev/null']],
  ['a condition', ['[ -x /bin/app ] || exit 1', 'exec app']],
  ['a substitution in what is exported', ['export A=$(date)', 'exec app']],
  ['a quote that is not closed', ['exec app "x']],
  ['two commands on a line', ['export A=1; exec app']],
  ['nothing', []],
])('a script with %s is for the shell to read', (_, lines) => {
  expect(sh(...lines)).toBeNull()
})

describe('execline', () => {
  test('is one chain over all lines', () => {
    expect(
      execline(
        'fdmove -c 2 1',
        's6-envdir ./env',
        'cd /srv',
        's6-envdir ./more',
        'export A b',
        'app # x',
        '"y z"',
      ),
    ).toMatchObject({
      command: ['app', 'y z'],
      cwd: '/srv',
      env: [
        { directory: './env' },
        { directory: './more', from: '/srv' },
        { name: 'A', value: 'b' },
      ],
    })
  })

  test.each([
    [['foreground { true }', 'app']],
    [['importas A A', 'app $A']],
    [['app "a\\nb"']],
    [['importas A A', 'app']],
    [[]],
  ])('%j is for execlineb to read', (lines) => {
    expect(execline(...lines)).toBeNull()
  })
})

test('other interpreters and programs are left alone', () => {
  expect(readRunScript('#!/usr/bin/perl\nexec app\n')).toBeNull()
  expect(readRunScript('#!/opt/my-sh/python\nexec app\n')).toBeNull()
  expect(readRunScript('\u007fELF\0\ufffd')).toBeNull()
})

test('a script made to take time takes none', () => {
  const began = processorTime()
  sh(`sv start ${'a '.repeat(50_000)}`, 'exec app')
  sh(`export ${'A=1 '.repeat(50_000)}$`, 'exec app')
  sh(`cd ${' '.repeat(100_000)}x|`, 'exec app')
  sh(`exec x${' '.repeat(100_000)}x|`)
  sh(`exec ${'chpst -v '.repeat(20_000)}app`)
  execline('"'.repeat(100_001))
  expect(processorTime() - began).toBeLessThan(2_000)
})
