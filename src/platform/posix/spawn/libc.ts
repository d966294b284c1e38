import { createRequire } from 'node:module'

type Pointer = bigint | null

/** The calls of libc that starting and watching processes needs, bound once. */
export interface Libc {
  posix_spawn(
    pid: Buffer,
    path: Buffer,
    actions: Buffer,
    attributes: Buffer,
    argv: Buffer,
    envp: Buffer,
  ): number
  posix_spawnattr_init(attributes: Buffer): number
  posix_spawnattr_setflags(attributes: Buffer, flags: number): number
  posix_spawnattr_setsigdefault(attributes: Buffer, set: Buffer): number
  posix_spawnattr_setsigmask(attributes: Buffer, set: Buffer): number
  posix_spawn_file_actions_init(actions: Buffer): number
  posix_spawn_file_actions_destroy(actions: Buffer): number
  posix_spawn_file_actions_adddup2(actions: Buffer, from: number, to: number): number
  posix_spawn_file_actions_addopen(
    actions: Buffer,
    fd: number,
    path: string,
    flags: number,
    mode: number,
  ): number
  posix_spawn_file_actions_addchdir_np(actions: Buffer, path: string): number
  posix_spawn_file_actions_addclosefrom_np(actions: Buffer, from: number): number
  waitid(type: number, id: number, info: Buffer, options: number): number
  waitpid(pid: number, status: Buffer, options: number): number
  prctl(option: number, a: number, b: number, c: number, d: number): number
  syscall(number: number, a: number, b: number, c: number, d: number): number
  getpwnam(name: string): Pointer
  getpwuid(uid: number): Pointer
  getgrnam(name: string): Pointer
  getgrouplist(name: string, gid: number, groups: Buffer, count: Buffer): number
}

const PROTOTYPES: Readonly<Record<keyof Libc, string>> = {
  posix_spawn:
    'int posix_spawn(_Out_ void *pid, const void *path, const void *actions, const void *attributes, const void *argv, const void *envp)',
  posix_spawnattr_init: 'int posix_spawnattr_init(void *a)',
  posix_spawnattr_setflags: 'int posix_spawnattr_setflags(void *a, short flags)',
  posix_spawnattr_setsigdefault: 'int posix_spawnattr_setsigdefault(void *a, const void *set)',
  posix_spawnattr_setsigmask: 'int posix_spawnattr_setsigmask(void *a, const void *set)',
  posix_spawn_file_actions_init: 'int posix_spawn_file_actions_init(void *a)',
  posix_spawn_file_actions_destroy: 'int posix_spawn_file_actions_destroy(void *a)',
  posix_spawn_file_actions_adddup2: 'int posix_spawn_file_actions_adddup2(void *a, int f, int t)',
  posix_spawn_file_actions_addopen:
    'int posix_spawn_file_actions_addopen(void *a, int fd, const char *path, int flags, uint32_t mode)',
  posix_spawn_file_actions_addchdir_np:
    'int posix_spawn_file_actions_addchdir_np(void *a, const char *path)',
  posix_spawn_file_actions_addclosefrom_np:
    'int posix_spawn_file_actions_addclosefrom_np(void *a, int from)',
  waitid: 'int waitid(int type, uint32_t id, void *info, int options)',
  waitpid: 'int waitpid(int pid, void *status, int options)',
  prctl: 'int prctl(int option, long a, long b, long c, long d)',
  syscall: 'long syscall(long number, long a, long b, long c, long d)',
  getpwnam: 'void *getpwnam(const char *name)',
  getpwuid: 'void *getpwuid(uint32_t uid)',
  getgrnam: 'void *getgrnam(const char *name)',
  getgrouplist: 'int getgrouplist(const char *name, uint32_t gid, void *groups, void *count)',
}

type Koffi = typeof import('koffi')

export interface Bound {
  readonly libc: Libc
  /** Where the bytes of a buffer lie; they stay there as long as the buffer is referred to. */
  address(buffer: Buffer): bigint
  /** errno of the last call. */
  errno(): number
  /** The 32-bit number at an offset behind a pointer. */
  uint32At(pointer: bigint, offset: number): number
  /** The string that a pointer at an offset behind a pointer leads to. */
  stringAt(pointer: bigint, offset: number): string
}

let bound: Bound | null = null

/**
 * Loads koffi at the first call.
 *
 * @throws where koffi or a call is missing, such as posix_spawn_file_actions_addclosefrom_np before glibc 2.34
 */
export function bindLibc(): Bound {
  bound ??= bind()
  return bound
}

function bind(): Bound {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi
  const library = koffi.load(null)
  const libc = Object.fromEntries(
    Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)]),
  ) as unknown as Libc
  return {
    libc,
    address: (buffer) => koffi.address(buffer),
    errno: () => koffi.errno(),
    uint32At: (pointer, offset) => koffi.decode(pointer, offset, 'uint32') as number,
    stringAt: (pointer, offset) => koffi.decode(pointer, offset, 'char *') as string,
  }
}
