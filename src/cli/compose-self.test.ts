import { describe, expect, test } from 'vitest'
import { defineService } from '../service/define-service.ts'
import { type ProgramFacts, selfSpec } from './compose-self.ts'

const service = defineService({
  name: 'shop',
  displayName: 'The Shop',
  description: 'Sells',
  stopTimeout: '20s',
  watchdog: '30s',
  start() {},
})

const facts: ProgramFacts = {
  platform: 'linux',
  node: '/usr/bin/node',
  nodeOptions: [],
  script: '/srv/shop/app.ts',
  preload: 'file:///srv/shop/node_modules/stead/cli/scm-start.js',
}

describe('a program that installs itself', () => {
  test('is this node and this script, speaks for itself, and has what its definition says', () => {
    expect(selfSpec(service, facts, {})).toMatchObject({
      name: 'shop',
      displayName: 'The Shop',
      description: 'Sells',
      file: '/usr/bin/node',
      args: ['/srv/shop/app.ts'],
      protocol: 'native',
      startTimeout: 90_000,
      stopTimeout: 22_000,
      watchdog: 30_000,
    })
  })

  test('is the executable alone where it is packed, on Windows too', () => {
    const packed: ProgramFacts = {
      ...facts,
      platform: 'win32',
      node: 'C:\\Program Files\\Shop\\shop.exe',
      nodeOptions: ['--enable-source-maps'],
      script: null,
    }
    expect(selfSpec(service, packed, {})).toMatchObject({ file: packed.node, args: [] })
  })

  test('is installed with the arguments behind two dashes', () => {
    const words = ['--port', '$HOME 1']
    expect(selfSpec(service, facts, {}, words).args.slice(-2)).toEqual(words)
  })

  test('keeps the options of node that matter, and none that are for one run', () => {
    const nodeOptions = [
      '--inspect=9229',
      '--enable-source-maps',
      '--watch',
      '--max-old-space-size=64',
    ]
    expect(selfSpec(service, { ...facts, nodeOptions }, {}).args).toEqual([
      '--enable-source-maps',
      '--max-old-space-size=64',
      '/srv/shop/app.ts',
    ])
  })

  test('leaves SIGUSR1 to its own listener', () => {
    const given = { ...facts, nodeOptions: ['--disable-sigusr1'] }
    expect(selfSpec(service, given, {}).args).toEqual(['/srv/shop/app.ts'])
  })

  test('makes contact with the SCM before its own code on Windows', () => {
    const windows: ProgramFacts = {
      ...facts,
      platform: 'win32',
      node: 'C:\\Program Files\\nodejs\\node.exe',
      script: 'C:\\shop\\app.js',
    }
    expect(selfSpec(service, windows, {})).toMatchObject({
      file: 'C:\\Program Files\\nodejs\\node.exe',
      args: ['--import', facts.preload, 'C:\\shop\\app.js'],
    })
  })

  test('takes flags before its definition', () => {
    const flags = {
      name: 'shop-2',
      autostart: true,
      stopTimeout: '1m',
      user: 'www',
      description: 'x',
    }
    expect(selfSpec(service, facts, flags)).toMatchObject({
      name: 'shop-2',
      startType: 'auto',
      stopTimeout: 60_000,
      user: 'www',
      description: 'x',
      displayName: 'The Shop',
    })
  })
})
