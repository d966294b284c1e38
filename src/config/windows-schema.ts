import * as z from 'zod'
import type { ProgramSpec } from '../model/program-spec.ts'
import {
  ERROR_CONTROLS,
  SERVICE_SID_TYPES,
  WINDOWS_DEFAULTS,
  WINDOWS_PRIORITIES,
  WINDOWS_PROGRAM_DEFAULTS,
  type WindowsProgram,
  type WindowsService,
  windowsAsked,
} from '../model/windows-settings.ts'
import { described } from './described.ts'
import { truth } from './program-values.ts'
import { kind, line, positiveDuration } from './setting-values.ts'
import type { FileProblem } from './source/config-source.ts'

/** SetProcessAffinityMask: the processors of one group. */
const MAX_PROCESSOR = 63

const affinity = z
  .union([z.string(), z.array(z.union([z.number(), z.string()]))], kind('a list of processors'))
  .transform((value, context) => {
    const parts = typeof value === 'string' ? value.split(',') : value.map(String)
    const numbers = parts.flatMap((part) => processorsOf(part.trim()))
    if (parts.length > 0 && !numbers.includes(-1)) {
      return [...new Set(numbers)].sort((a, b) => a - b)
    }
    const message = `${JSON.stringify(value)} is not a list of processors from 0 to ${MAX_PROCESSOR} such as [0, 2] or "0,2-3"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'list of processors' })

/** `2` or `2-5`; -1 among them for what is neither. */
function processorsOf(text: string): number[] {
  const match = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(text)
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])]
  if (match === null || from > to || to > MAX_PROCESSOR) return [-1]
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

/** ServiceGroupOrder and DependOnGroup: SC_GROUP_IDENTIFIER `+` is written by stead. */
const group = line
  .min(1, 'it is empty')
  .refine((value) => !/[/\\,+]/.test(value), 'the name of a group has no "/", "\\", "," or "+"')

const privilege = z
  .string()
  .regex(/^Se[A-Za-z]{1,60}(Privilege)$/, 'a privilege is called as in SeChangeNotifyPrivilege')

const programShape = {
  priority: described(
    z.enum(WINDOWS_PRIORITIES),
    'its priority class; without it that of the guard, which is normal',
    { example: 'below-normal' },
  ),
  affinity: described(affinity, 'the processors that it may run on, from 0', { example: '[0, 1]' }),
  killOnClose: described(
    truth,
    'nothing of its processes outlives its guard (the job object ends them)',
    { example: 'false', fallback: 'true' },
  ),
}

/** `windows` of a service in stead.yaml. */
export const windowsProgram = z.strictObject(programShape)

/** `windows` of a service file. */
export const windowsService = z.strictObject({
  ...programShape,
  startGroup: described(group, 'the load order group that it belongs to', { example: 'Network' }),
  dependsOnGroups: described(
    z.array(group).max(100),
    'load order groups of which a member has to run first',
    { example: '[TDI]' },
  ),
  serviceSid: described(
    z.enum(SERVICE_SID_TYPES),
    'whether its process has the SID of NT SERVICE\\NAME, to which files can be opened; restricted: it may write to nothing else',
    { example: 'unrestricted', fallback: 'none' },
  ),
  privileges: described(
    z.array(privilege).min(1).max(40),
    'the only privileges that its process keeps',
    {
      example: '[SeChangeNotifyPrivilege]',
    },
  ),
  securityDescriptor: described(
    line.regex(/^D:/, 'it is not an access list in SDDL, as in D:(A;;LCRP;;;AU)(A;;GA;;;BA)'),
    'who may do what with the service, in SDDL',
    { example: '"D:(A;;CCLCSWRPLOCRRC;;;AU)(A;;GA;;;BA)(A;;GA;;;SY)"' },
  ),
  preshutdownTimeout: described(
    positiveDuration,
    'until it has to have stopped when the machine goes down; without it stopTimeout',
    { example: '3m' },
  ),
  errorControl: described(
    z.enum(ERROR_CONTROLS),
    'what the boot does if it does not start: severe and critical start Windows anew with the last known good configuration',
    { example: 'ignore', fallback: 'normal' },
  ),
})

export function windowsServiceOf(
  settings: z.output<typeof windowsService> | undefined,
): WindowsService {
  return { ...WINDOWS_DEFAULTS, ...written(settings) }
}

/** What the service says itself, then what `defaults` say. */
export function windowsProgramOf(
  inherited: z.output<typeof windowsProgram> | undefined,
  own: z.output<typeof windowsProgram> | undefined,
): WindowsProgram {
  return { ...WINDOWS_PROGRAM_DEFAULTS, ...written(inherited), ...written(own) }
}

/** What no guard but one on Windows can honour. */
export function windowsProblems(services: Iterable<ProgramSpec>): FileProblem[] {
  const message = 'only a guard on Windows has it; leave it out here'
  return [...services].flatMap(({ name, windows }) =>
    windowsAsked(windows).map((setting) => ({
      path: ['services', name, ...setting.split('.')],
      message,
    })),
  )
}

function written<T extends object>(
  settings: T | undefined,
): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
