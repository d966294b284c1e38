import * as z from 'zod'
import { LOG_ENCODINGS } from '../model/log-encoding.ts'
import { SEVERITY, type Severity } from '../model/log-entry.ts'
import { described } from './described.ts'
import { orNone, whole } from './program-values.ts'
import { path, positiveDuration, size } from './setting-values.ts'
import { sinks } from './sink-schema.ts'

const NAMES = Object.keys(SEVERITY) as (keyof typeof SEVERITY)[]

const severity = z.union([
  z.enum(NAMES as [keyof typeof SEVERITY]).transform((name): Severity => SEVERITY[name]),
  z
    .int()
    .min(0)
    .max(7)
    .transform((number) => number as Severity),
])

export const log = z.strictObject({
  format: described(
    z.enum(['raw', 'stamped', 'json', 'direct', 'off']),
    'raw: the bytes as they come; stamped: time and severity before each line; json: one object a line; direct: the program writes the file itself; off: nowhere',
    { example: 'json', fallback: 'stamped' },
  ),
  encoding: described(
    z.enum(LOG_ENCODINGS),
    'what the program writes in; its log is UTF-8 whatever the format, and a byte that is no character becomes U+FFFD; oem and ansi are the code pages of the machine',
    { example: 'gbk', fallback: 'utf-8' },
  ),
  file: described(path, 'where it is written; without it a file in the directory of the guard', {
    example: './log/api.log',
  }),
  rotate: described(
    z.strictObject({
      size: described(orNone(size), 'a new file when this one has so many bytes, or none', {
        example: '100M',
        fallback: '10M',
      }),
      every: described(
        orNone(positiveDuration),
        'a new file after so long, counted from local midnight, or none',
        { example: '1d', fallback: 'none' },
      ),
      keep: described(whole(0, 100_000), 'how many rotated files are kept', {
        example: '30',
        fallback: '7',
      }),
      maxAge: described(
        orNone(positiveDuration),
        'rotated files that are older are removed, or none',
        { example: '30d', fallback: 'none' },
      ),
      compress: described(z.enum(['gzip', 'none']), 'how rotated files are compressed', {
        example: 'gzip',
        fallback: 'none',
      }),
    }),
    'when a new file is begun, and how many old ones are kept',
  ),
  whenFull: described(
    z.enum(['block', 'drop']),
    'where a program writes faster than can be stored: block makes it wait, drop discards the oldest and counts it',
    { example: 'drop', fallback: 'block' },
  ),
  sinks: described(
    sinks,
    'where its lines go as well, or with format: off instead: journald, syslog, and those with settings; [] takes back what defaults say',
    { example: '[journald]' },
  ),
  buffer: described(size, 'how much waits in memory under whenFull: drop', {
    example: '8M',
    fallback: '1M',
  }),
  severity: described(
    z.strictObject({
      stdout: described(severity, 'of lines on standard output', {
        example: 'notice',
        fallback: 'info',
      }),
      stderr: described(severity, 'of lines on standard error', {
        example: 'error',
        fallback: 'info',
      }),
    }),
    'severity of lines that say none themselves, by its name or number in syslog(3)',
  ),
})
