import { execFile, spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/fixtures/temporary-directory.ts'
import { type DescriptorWatch, descriptorWatch } from './descriptor-watch.ts'

const FLAGS = constants.O_RDWR | constants.O_NONBLOCK

describe.skipIf(process.platform !== 'linux')('a watch of descriptors', () => {
  let watch: DescriptorWatch
  const fds: number[] = []

  function fifo(): number {
    const path = join(temporaryDirectory('watch'), 'fifo')
    spawnSync('mkfifo', [path])
    const fd = openSync(path, FLAGS)
    fds.push(fd)
    return fd
  }

  afterEach(async () => {
    await watch.close()
    for (const fd of fds.splice(0)) closeSync(fd)
  })

  test('calls back when there is something to read, again and again', async () => {
    watch = descriptorWatch()
    const fd = fifo()
    for (const word of ['a', 'b', 'c']) {
      const told = Promise.withResolvers<string>()
      watch.add(fd, () => {
        const data = Buffer.alloc(9)
        const length = readSync(fd, data)
        watch.remove(fd)
        told.resolve(data.toString('utf8', 0, length))
      })
      writeSync(fd, word)
      expect(await told.promise).toBe(word)
    }
  })

  test('L10 tells nothing of a descriptor that was removed in the same round', async () => {
    watch = descriptorWatch()
    const [one, other] = [fifo(), fifo()]
    const told: number[] = []
    const first = Promise.withResolvers<void>()
    const take = (fd: number) => () => {
      told.push(fd)
      watch.remove(one)
      watch.remove(other)
      first.resolve()
    }
    writeSync(one, 'x')
    writeSync(other, 'x')
    watch.add(one, take(one))
    watch.add(other, take(other))
    await first.promise
    const third = fifo()
    const later = Promise.withResolvers<void>()
    writeSync(third, 'x')
    watch.add(third, () => {
      watch.remove(third)
      later.resolve()
    })
    await later.promise
    expect(told).toHaveLength(1)
  })

  test('a waiting thread holds up neither the end of the process nor an exit', async () => {
    watch = descriptorWatch()
    const module = JSON.stringify(new URL('./descriptor-watch.ts', import.meta.url).href)
    const run = (end: string): Promise<unknown> =>
      promisify(execFile)(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { descriptorWatch } from ${module}
           import { openSync } from 'node:fs'
           import { execFileSync } from 'node:child_process'
           const path = ${JSON.stringify(join(temporaryDirectory('exit'), 'fifo'))}
           execFileSync('mkfifo', [path])
           const watch = descriptorWatch()
           watch.add(openSync(path, ${FLAGS}), () => {})
           setTimeout(() => { ${end} }, 20)`,
        ],
        { timeout: 10_000 },
      )
    await expect(run('process.exit(0)')).resolves.toBeDefined()
    await expect(run('watch.close()')).resolves.toBeDefined()
    await expect(run('throw new Error("uncaught")')).rejects.toMatchObject({ code: 1 })
  })

  test('refuses a descriptor that cannot be waited for', () => {
    watch = descriptorWatch()
    expect(() => watch.add(999_999, () => {})).toThrow('epoll_ctl of descriptor 999999')
  })
})
