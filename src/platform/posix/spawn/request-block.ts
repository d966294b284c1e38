import type { Bound } from './libc.ts'

const POINTER = 8
const caches = { list: new WeakMap<object, Buffer>(), record: new WeakMap<object, Buffer>() }

/** argv as exec wants it. Made once for one array. @throws EINVAL for a NUL within a string */
export function argvBlock(bound: Bound, args: readonly string[]): Buffer {
  let block = caches.list.get(args)
  if (block === undefined) {
    block = pointerBlock(bound, args)
    caches.list.set(args, block)
  }
  return block
}

/** envp as exec wants it. Made once for one object. @throws EINVAL for a NUL within a string */
export function envpBlock(bound: Bound, env: Readonly<Record<string, string>>): Buffer {
  let block = caches.record.get(env)
  if (block === undefined) {
    const assignments: string[] = []
    for (const name in env) assignments.push(`${name}=${env[name]}`)
    block = pointerBlock(bound, assignments)
    caches.record.set(env, block)
  }
  return block
}

/** A NULL-terminated array of pointers, and behind it the strings that they point to. */
function pointerBlock(bound: Bound, strings: readonly string[]): Buffer {
  const text = strings.length === 0 ? '' : `${strings.join('\0')}\0`
  const table = (strings.length + 1) * POINTER
  // Not from the pool: the addresses have to stay.
  const block = Buffer.allocUnsafeSlow(table + Buffer.byteLength(text))
  block.write(text, table)
  const start = bound.address(block)
  let at = table
  for (let index = 0; index < strings.length; index += 1) {
    block.writeBigUInt64LE(start + BigInt(at), index * POINTER)
    at = block.indexOf(0, at) + 1
  }
  block.writeBigUInt64LE(0n, strings.length * POINTER)
  if (at !== block.length) {
    throw Object.assign(new Error('a NUL character in an argument or a variable'), {
      code: 'EINVAL',
    })
  }
  return block
}
