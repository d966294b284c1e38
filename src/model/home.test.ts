import { describe, expect, test } from 'vitest'
import { type HomeQuery, homeDirectories, homeOf } from './home.ts'

const query: HomeQuery = {
  platform: 'linux',
  scope: 'system',
  env: {},
  userHome: '/home/ada',
  root: null,
}

describe('the directories of an installation', () => {
  test.each([
    { ...query, env: {} },
    { ...query, platform: 'win32', env: { ProgramData: 'D:\\PD' } },
    { ...query, root: '/mine' },
  ] satisfies HomeQuery[])('are listed with what holds them behind them: %j', (asked) => {
    const all = homeDirectories(homeOf(asked))
    for (const [index, path] of all.entries())
      expect(all.slice(0, index).filter((before) => path.startsWith(before))).toEqual([])
    expect(all).toHaveLength(asked.root === null ? 8 : 7)
  })

  test('are the machine’s own for system services on Linux', () => {
    expect(homeOf(query)).toEqual({
      root: null,
      specs: '/var/lib/stead/specs',
      state: '/var/lib/stead/state',
      run: '/run/stead',
      logs: '/var/log/stead',
    })
  })

  test('follow XDG for user services on Linux, and are the same in every session of the user', () => {
    const env = { XDG_STATE_HOME: '/s', XDG_RUNTIME_DIR: '/run/user/7' }
    expect(homeOf({ ...query, scope: 'user', env })).toMatchObject({
      specs: '/s/stead/specs',
      run: '/s/stead/run',
    })
    expect(homeOf({ ...query, scope: 'user' })).toMatchObject({
      specs: '/home/ada/.local/state/stead/specs',
      run: '/home/ada/.local/state/stead/run',
    })
  })

  test('are Library on macOS and ProgramData on Windows', () => {
    expect(homeOf({ ...query, platform: 'darwin' }).logs).toBe('/Library/Logs/stead')
    expect(homeOf({ ...query, platform: 'win32', env: { ProgramData: 'D:\\PD' } }).specs).toBe(
      'D:\\PD\\stead\\specs',
    )
    expect(homeOf({ ...query, platform: 'win32', scope: 'user', userHome: 'C:\\U' }).logs).toBe(
      'C:\\U\\AppData\\Local\\stead\\logs',
    )
  })

  test.each(['linux', 'darwin', 'win32'] as const)('all lie under the root on %s', (platform) => {
    const { root, ...places } = homeOf({ ...query, platform, root: '/opt/a' })
    expect(root).toBe('/opt/a')
    for (const place of Object.values(places)) expect(place).toMatch(/^\/opt\/a[/\\]/)
  })
})
