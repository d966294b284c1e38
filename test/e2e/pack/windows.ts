/** What tests of installers ask a Windows for: one in Wine, made for the file of tests. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { createPrefix, type ProgramResult, type WinePrefix, windowsPath } from '../wine/prefix.ts'

export interface Windows {
  readonly prefix: WinePrefix
  run(program: string, ...args: readonly string[]): Promise<ProgramResult>
  /** The Unix path of a file on drive C. */
  unix(path: string): string
  /** The number of the state of a service, or null where there is none: 1 stopped, 4 running. */
  state(service: string): Promise<number | null>
  /** How a service is started: 2 by itself, 3 on demand. */
  startType(service: string): Promise<number | null>
  /** The value of a key of the machine. */
  value(key: string, name: string): Promise<string | null>
  /** All files and folders of drive C and all of the registry of the machine. */
  everything(): Promise<ReadonlySet<string>>
  changedSince(before: ReadonlySet<string>): Promise<string[]>
}

/** What Windows itself changes while it runs: temporary files, its own services, the clock. */
const BY_ITSELF = [
  // Compiled descriptions of devices, which Wine makes behind its first start.
  /^\/windows\/inf\/[^/]+\.pnf /,
  /^\/(windows\/temp|users\/[^/]+\/(Temp|AppData\/Local\/Temp))(\/|$)/,
]

export async function bootWindows(): Promise<Windows> {
  const prefix = createPrefix()
  try {
    await prefix.boot()
  } catch (error) {
    await prefix.dispose()
    throw error
  }
  const drive = join(prefix.path, 'drive_c')
  const run: Windows['run'] = (program, ...args) => prefix.run(program, args, { timeout: 120_000 })

  async function value(key: string, name: string): Promise<string | null> {
    const { code, stdout, stderr } = await run('reg.exe', 'query', key, '/v', name)
    // 1 is what it ends with where there is no such value; whatever else befell it is no answer.
    if (code !== 0 && code !== 1) throw new Error(`reg.exe ended with ${code}: ${stderr}`)
    return / REG_\w+\s+(.*?)\r?\n/.exec(stdout)?.[1] ?? null
  }

  async function everything(): Promise<ReadonlySet<string>> {
    // Windows works on, and what goes while it is looked at is no failure.
    const words = [drive, '-ignore_readdir_race', '-printf', '/%P %y\n']
    const files = execFileSync('find', words, { encoding: 'utf8', maxBuffer: 1 << 28 })
      .split('\n')
      .filter((line) => !BY_ITSELF.some((known) => known.test(line)))
    const file = join(prefix.path, '..', 'machine.reg')
    const { code, stderr } = await run('reg.exe', 'export', 'HKLM', windowsPath(file), '/y')
    if (code !== 0) throw new Error(`the registry could not be read: ${stderr}`)
    const text = readFileSync(file, 'utf16le')
    rmSync(file)
    let key = ''
    const values = text
      // Uninstallers of NSIS run as a copy of themselves, which Windows removes at its next start.
      .replace(/^"PendingFileRenameOperations"=(.*\\\r\n)*.*\r\n/gm, '')
      // A count of services that were ever made, which Wine keeps.
      .replace(/^.*ServiceCurrent\]\r\n@=.*\r\n/gm, '')
      .replaceAll('\\\r\n', '')
      .split('\r\n')
      .map((line) => {
        if (line.startsWith('[')) key = line
        return `${key} ${line}`
      })
    return new Set([...files, ...values])
  }

  return {
    prefix,
    run,
    unix: (path) => join(drive, path.slice(3).replaceAll('\\', '/')),
    async state(service) {
      const { code, stdout, stderr } = await run('sc.exe', 'query', service)
      // 1 is what it ends with where there is no such service; whatever else befell it is no answer.
      if (code !== 0 && code !== 1) throw new Error(`sc.exe ended with ${code}: ${stderr}`)
      const digits = /STATE\s*:\s*(\d+)/.exec(stdout)?.[1]
      return digits === undefined ? null : Number(digits)
    },
    async startType(service) {
      const key = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${service}`
      const text = await value(key, 'Start')
      return text === null ? null : Number(text)
    },
    value,
    everything,
    async changedSince(before) {
      const after = await everything()
      return [
        ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
        ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
      ]
    },
  }
}

/** What the last setup program that failed has left in its log, which is removed; empty for none. */
export function saidBySetup(windows: Windows, product: string): string {
  const users = windows.unix('C:\\users')
  const log = readdirSync(users)
    .flatMap((user) => ['Temp', 'AppData/Local/Temp'].map((temp) => join(users, user, temp)))
    .map((folder) => join(folder, `${product}-setup.log`))
    .find((path) => existsSync(path))
  if (log === undefined) return ''
  const text = readFileSync(log, 'utf16le')
  rmSync(log)
  return text
}

/** What a service of Windows answers on loopback, or why it does not. */
export function page(port: number, path = '/'): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text.trim()))
      response.on('error', (error) => resolve(error.message))
    })
    request.on('error', (error) => resolve(error.message))
  })
}
