/** A password for a program that reads one from a file, and from standard input not. */
import { constants } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandRunner } from '../model/ports/command-runner.ts'

const { O_RDWR, O_NONBLOCK } = constants

/**
 * Has `read` called with the path of a FIFO that holds the password and a line feed. They are never on a disk: what is in a
 * FIFO is in the kernel alone, and gone with the last who has it open (fifo(7)). `/dev/stdin` would not do: the standard
 * input of a program that Node starts is a socket, which cannot be opened by a path.
 *
 * POSIX only, by `mkfifo`.
 *
 * @throws what `open` throws where no FIFO could be made
 */
export async function throughFifo<T>(
  runner: Pick<CommandRunner, 'run'>,
  password: string,
  read: (path: string) => Promise<T>,
): Promise<T> {
  const room = await mkdtemp(join(tmpdir(), 'stead-password-'))
  const path = join(room, 'password')
  let fifo: FileHandle | null = null
  try {
    await runner.run('mkfifo', ['-m', '600', path])
    // Reading too, so that neither opening nor writing waits for the program, which may end before it reads.
    fifo = await open(path, O_RDWR | O_NONBLOCK)
    await fifo.write(`${password}\n`)
    return await read(path)
  } finally {
    await fifo?.close()
    await rm(room, { recursive: true, force: true })
  }
}
