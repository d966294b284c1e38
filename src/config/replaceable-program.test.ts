import { describe, expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { completeSpec, type ServiceSpec } from '../model/service-spec.ts'
import { checkReplaceable } from './replaceable-program.ts'

const CLOSED = 'O:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)'
const OPEN = 'O:BAD:(A;;FA;;;BA)(A;;0x1301bf;;;AU)'
const ADDING = 'O:BAD:(A;;FA;;;BA)(A;;LC;;;AU)'

/** Every path is closed but those named; null is not to be seen. */
function check(
  settings: Partial<ServiceSpec>,
  paths: Readonly<Record<string, string | null>>,
  { beside = [] as string[], allowed = false } = {},
): Promise<string[]> {
  const spec = completeSpec({ name: 'app', file: 'C:\\Program Files\\app\\app.exe', ...settings })
  const security = {
    descriptor: async (path: string) =>
      Object.hasOwn(paths, path) ? (paths[path] ?? null) : CLOSED,
  }
  return checkReplaceable(spec, { security, isFile: async () => true }, { beside, allowed })
}

async function refused(...args: Parameters<typeof check>): Promise<string> {
  try {
    await check(...args)
  } catch (error) {
    if (isSteadError(error, 'PROGRAM_REPLACEABLE')) return error.params.path
    throw error
  }
  return 'nothing'
}

describe('a service', () => {
  test('is installed where nothing that it runs can be replaced', async () => {
    expect(await check({}, { 'C:\\': ADDING })).toEqual([])
  })

  test.each<[string, Partial<ServiceSpec>, string]>([
    ['program', {}, 'C:\\Program Files\\app\\app.exe'],
    ['folder', {}, 'C:\\Program Files\\app'],
    ['folder above', {}, 'C:\\Program Files'],
    ['drive', {}, 'C:\\'],
    ['env file', { envFile: 'D:\\conf\\app.env' }, 'D:\\conf'],
    ['script', { file: 'C:\\node\\node.exe', args: ['C:\\app\\main.js'] }, 'C:\\app\\main.js'],
    [
      'script in its directory',
      { file: 'C:\\py\\python3.11.exe', args: ['-u', 'main.py'], cwd: 'D:\\app' },
      'D:\\app\\main.py',
    ],
    [
      'module that is loaded before',
      {
        file: 'C:\\node\\node.exe',
        args: ['--import', 'file:///C:/a%20b/start.ts', 'C:\\m.js'],
      },
      'C:\\a b\\start.ts',
    ],
    ['share', { file: '\\\\server\\share\\app\\app.exe' }, '\\\\server\\share\\'],
    ['path of any length', { file: '\\\\?\\C:\\app\\app.exe' }, '\\\\?\\C:\\app'],
    ['path of signs', { file: 'C:\\程序 文件\\应用.exe' }, 'C:\\程序 文件'],
  ])('is refused whose %s users can replace', async (_, settings, path) => {
    expect(await refused(settings, { [path]: OPEN })).toBe(path)
  })

  test('may have arguments that anybody may write to', async () => {
    const paths = { 'D:\\data\\app.json': OPEN, 'D:\\data': OPEN }
    expect(await check({ args: ['D:\\data\\app.json'] }, paths)).toEqual([])
    const node = { file: 'C:\\node\\node.exe', args: ['C:\\m.js', 'D:\\data\\app.log'] }
    expect(await check(node, { 'D:\\data\\app.log': OPEN })).toEqual([])
  })

  test('is refused for the files of stead that it runs', async () => {
    const beside = ['C:\\tools\\stead\\bin\\stead.js']
    expect(await refused({}, { 'C:\\tools': OPEN }, { beside })).toBe('C:\\tools')
  })

  test('is installed all the same where that is allowed, and the plan says who can', async () => {
    const notes = await check({ user: 'LocalSystem' }, { 'C:\\': OPEN }, { allowed: true })
    expect(notes).toEqual([
      'Authenticated Users can replace C:\\Program Files\\app\\app.exe by way of C:\\, and so act as LocalSystem',
    ])
  })

  test('says what could not be looked at', async () => {
    expect(await check({}, { 'C:\\Program Files\\app': null })).toEqual([
      'who may change C:\\Program Files\\app could not be found out',
    ])
  })

  test('the hint names how to allow it', async () => {
    await expect(check({}, { 'C:\\': OPEN })).rejects.toMatchObject({
      hint: expect.stringContaining('--allow-writable'),
    })
  })
})
