import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/fixtures/temporary-directory.ts'
import type { CommandRunner } from '../model/ports/command-runner.ts'
import { openCodesigner } from './pack-codesign.ts'

const IDENTITY = 'Developer ID Application: A (B)'

/** In place of codesign, which only a Mac has: what it was asked, and an answer of its kind. */
function standIn(answer: (words: readonly string[]) => readonly [code: number, said: string]) {
  const asked: string[][] = []
  const runner: Pick<CommandRunner, 'run'> = {
    async run(file, args) {
      asked.push([file, ...args])
      const rights = args[args.indexOf('--entitlements') + 1] ?? ''
      if (args.includes('--entitlements')) readFileSync(rights)
      const [code, stderr] = answer(args)
      return { exit: { kind: 'code', code }, timedOut: false, stdout: '', stderr }
    },
  }
  return { runner, asked }
}

describe('signing for macOS', () => {
  test('is refused on another system, before anything is built', () => {
    const { runner } = standIn(() => [0, ''])
    const spec = { codesign: IDENTITY, targets: ['linux-x64', 'darwin-arm64'] } as const
    expect(() => openCodesigner(spec, { runner, platform: 'linux' })).toThrow(
      /the setting codesign is not there on linux: pack darwin-arm64 on a Mac/,
    )
    expect(openCodesigner({ ...spec, targets: ['linux-x64'] }, { runner, platform: 'linux' })).toBe(
      null,
    )
    expect(openCodesigner({ ...spec, codesign: null }, { runner, platform: 'darwin' })).toBe(null)
  })

  test('signs, then verifies, and leaves nothing beside the file', async () => {
    const { runner, asked } = standIn(() => [0, ''])
    const file = join(temporaryDirectory('codesign'), 'app')
    const spec = { codesign: IDENTITY, targets: ['darwin-arm64'] } as const
    await openCodesigner(spec, { runner, platform: 'darwin' })?.sign(file)
    expect(asked.map((words) => words.slice(0, 2))).toEqual([
      ['/usr/bin/codesign', '--sign'],
      ['/usr/bin/codesign', '--verify'],
    ])
    expect(() => readFileSync(`${file}.entitlements`)).toThrow('ENOENT')
  })

  test('says what codesign has said', async () => {
    const { runner } = standIn(() => [1, `${IDENTITY}: no identity found\n`])
    const file = join(temporaryDirectory('codesign'), 'app')
    const spec = { codesign: IDENTITY, targets: ['darwin-x64'] } as const
    await expect(
      openCodesigner(spec, { runner, platform: 'darwin' })?.sign(file),
    ).rejects.toMatchObject({
      code: 'PACK_SIGNING_FAILED',
      message: expect.stringContaining('no identity found'),
    })
  })
})
