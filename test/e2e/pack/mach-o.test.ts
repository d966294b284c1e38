/** Signatures for macOS beside those of a linker that Mac programs are made with: LLVM's, on this machine. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { signAdHoc } from '../../../src/pack/macho/ad-hoc-signature.ts'
import { verifiedIdentifier } from '../../fixtures/mach-o.ts'
import { temporaryDirectory } from '../../fixtures/temporary-directory.ts'

const work = temporaryDirectory('mach-o')

const PROGRAMS = {
  arm64: '.globl _main\n.p2align 2\n_main:\n mov w0, #0\n ret\n',
  x86_64: '.globl _main\n_main:\n xorl %eax, %eax\n ret\n',
}

/** A program that does nothing, linked by LLVM. */
function linked(arch: keyof typeof PROGRAMS, name: string, ...words: string[]): Buffer {
  const object = join(work, `${arch}.o`)
  const program = join(work, name)
  writeFileSync(join(work, `${arch}.s`), PROGRAMS[arch])
  const triple = `${arch}-apple-macos11`
  execFileSync('llvm-mc', ['-triple', triple, '-filetype=obj', `${arch}.s`, '-o', object], {
    cwd: work,
  })
  const system = ['-platform_version', 'macos', '11.0', '11.0', '-undefined', 'dynamic_lookup']
  execFileSync('lld', [
    '-flavor',
    'darwin',
    '-arch',
    arch,
    ...system,
    ...words,
    '-o',
    program,
    object,
  ])
  return readFileSync(program)
}

test.each(['arm64', 'x86_64'] as const)('a signature for %s is that of the linker', (arch) => {
  const theirs = linked(arch, 'program', '-adhoc_codesign')
  expect(verifiedIdentifier(theirs)).toBe('program')
  const ours = signAdHoc(theirs, 'program')
  expect(typeof ours === 'string' ? ours : ours.equals(theirs)).toBe(true)
})

test.each(['arm64', 'x86_64'] as const)('a program for %s without one gets one', (arch) => {
  const bare = linked(arch, 'bare', '-no_adhoc_codesign')
  expect(() => verifiedIdentifier(bare)).toThrow('there is no LC_CODE_SIGNATURE')
  const signed = signAdHoc(bare, 'bare')
  if (typeof signed === 'string') throw new Error(signed)
  expect(verifiedIdentifier(signed)).toBe('bare')
  writeFileSync(join(work, 'signed'), signed)
  const told = execFileSync('llvm-objdump', ['--macho', '--all-headers', join(work, 'signed')], {
    encoding: 'utf8',
  })
  expect(told).toContain('LC_CODE_SIGNATURE')
})
