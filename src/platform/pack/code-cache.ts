import { SteadError } from '../../errors.ts'

/** V8's SerializedCodeData (src/snapshot/code-serializer.h): what its first words are, 32 bits each. */
const MAGIC = 0xc0de0628
const FLAGS_AT = 12
/** Words that have to be the same in both, beside the magic number: version, source, snapshot. */
const SAME = [0, 4, 8, 16]

/**
 * Compiled code that is the same at every run, and taken at every start. V8 lays tables out by a random seed;
 * with a seed that is given the bytes are the same, but it refuses what was compiled under other flags than
 * those it is started with. The seed itself changes nothing: each process has another one, and takes the code
 * of others. So the word for the flags is taken from a blob that was made without.
 *
 * @param seeded a blob made under `--hash-seed`
 * @param plain the same without; only its flags are read
 * @param main the script in both
 */
export function stableCodeCache(seeded: Buffer, plain: Buffer, main: Buffer): Buffer {
  const [to, from] = [cacheIn(seeded, main), cacheIn(plain, main)]
  if (SAME.some((at) => to.readUInt32LE(at) !== from.readUInt32LE(at))) throw unknown()
  from.copy(to, FLAGS_AT, FLAGS_AT, FLAGS_AT + 4)
  return seeded
}

/** Behind the script in the blob: the length of the compiled code, 64 bits, and the code. */
function cacheIn(blob: Buffer, main: Buffer): Buffer {
  const at = blob.indexOf(main) + main.length
  const length = at < main.length ? 0 : Number(blob.readBigUInt64LE(at))
  const cache = blob.subarray(at + 8, at + 8 + length)
  if (length < 32 || cache.length !== length || cache.readUInt32LE(0) !== MAGIC) throw unknown()
  return cache
}

function unknown(): SteadError {
  return new SteadError('PACK_TOOL_FAILED', {
    tool: 'node',
    product: 'the blob of the executable',
    reason: 'its compiled code is not as this stead knows it',
  })
}
