import { describe, expect, test } from 'vitest'
import { splitCommandLine } from '../../../test/fakes/windows-command-line.ts'
import type { Home } from '../../model/home.ts'
import { guardCommand, runValue } from './run-command.ts'

const STEAD = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\Users\\李 雷\\stead\\bin\\stead.js']
const consoleHost = 'C:\\Windows\\System32\\conhost.exe'

function homeAt(root: string | null): Home {
  const base = root ?? 'C:\\Users\\w\\AppData\\Local\\stead'
  return { root, specs: `${base}\\specs`, state: '', run: '', logs: `${base}\\logs` }
}

describe('the value below Run', () => {
  test('P03 is a console without a window, and behind it the guard in words that Windows gives back', () => {
    const program = { home: homeAt('D:\\my home\\'), scope: 'user', stead: STEAD } as const
    const line = runValue('web', { ...program, consoleHost })
    expect(line).toMatch(/^"C:\\Windows\\System32\\conhost\.exe" --headless "C:\\Program Files/)
    expect(splitCommandLine(line)).toEqual([
      consoleHost,
      '--headless',
      ...guardCommand('web', program),
    ])
  })

  test('names no home where it is that of the platform', () => {
    const program = { home: homeAt(null), scope: 'user', stead: STEAD } as const
    expect(guardCommand('web', program)).toEqual([
      ...STEAD,
      'run',
      'web',
      '--scope',
      'user',
      '--at-logon',
    ])
  })

  test('of the machine names no home, which each user has of their own', () => {
    const program = { home: homeAt('D:\\home'), scope: 'system', stead: STEAD } as const
    expect(guardCommand('web', program).slice(STEAD.length)).toEqual([
      'run',
      'web',
      '--scope',
      'system',
      '--at-logon',
    ])
  })
})
