import { chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { OutputSource } from '../../model/ports/program-output.ts'
import type { StreamName } from '../../output/line-encoder.ts'
import type { OpenedStream } from '../output/opened-stream.ts'
import { linuxPipes } from '../output/pipes.ts'

/**
 * The program may run as another user and open /dev/stdout anew, which asks for the right to write
 * (proc(5)); the directory keeps everybody else from the FIFO.
 */
const FIFO_MODE = 0o622
const DIRECTORY_MODE = 0o700
const { O_RDWR, O_NONBLOCK } = constants

/** Opens the FIFO, made before where it is not there: with what a program wrote while no guard was. */
export function openStream(run: string, source: OutputSource, name: StreamName): OpenedStream {
  mkdirSync(run, { recursive: true, mode: DIRECTORY_MODE })
  const { service, instance } = source
  const path = join(run, `${service}@${instance}.${name === 'stdout' ? 'out' : 'err'}`)
  const errno = linuxPipes().mkfifo(path, FIFO_MODE)
  // The umask took its share of the mode.
  if (errno === 0) chmodSync(path, FIFO_MODE)
  // Writing too, so that the end of all programs is no end of file (fifo(7)).
  const fd = openSync(path, O_RDWR | O_NONBLOCK)
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd)
    rmSync(path)
    return openStream(run, source, name)
  }
  return {
    stream: { name, fd, path, isNew: errno === 0 },
    descriptor: { kind: 'fifo', path },
    close(remove) {
      closeSync(fd)
      if (remove) rmSync(path, { force: true })
    },
  }
}
