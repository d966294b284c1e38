import { expect, test } from 'vitest'
import { cgroupPlace } from './own-cgroup.ts'

const UNIFIED =
  '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate'
const HYBRID = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n')

test.each([
  [
    'a machine with version 2 alone',
    UNIFIED,
    '0::/a.slice/b.service\n',
    '/sys/fs/cgroup/a.slice/b.service',
  ],
  ['a hybrid machine', HYBRID, '4:memory:/x\n0::/b\n', '/sys/fs/cgroup/unified/b'],
  ['the root of all', HYBRID, '0::/\n', '/sys/fs/cgroup/unified'],
  [
    'a container that sees a part of the hierarchy',
    '40 30 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw',
    '0::/docker/1f/api\n',
    '/sys/fs/cgroup/api',
  ],
  [
    'its root',
    '40 30 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw',
    '0::/docker/1f',
    '/sys/fs/cgroup',
  ],
  [
    'a path with a blank',
    '40 30 0:26 / /my\\040groups rw - cgroup2 cgroup rw',
    '0::/a',
    '/my groups/a',
  ],
])('the group is found on %s', (_, mounts, groups, directory) => {
  expect(cgroupPlace(mounts, groups)).toEqual({ directory, reason: null })
})

test.each([
  ['version 1 alone', HYBRID, '4:memory:/x\n', /has no control groups v2/],
  ['nothing mounted', '31 23 0:28 / / rw - ext4 /dev/sda rw', '0::/', /are not mounted/],
  ['a group above its namespace', UNIFIED, '0::/../b', /\(\/\.\.\/b\) is outside/],
  [
    'a mount of another part',
    '40 30 0:26 /docker/1f /sys/fs/cgroup rw - cgroup2 cgroup rw',
    '0::/docker/1',
    /outside/,
  ],
])('there is none with %s, and it is said why', (_, mounts, groups, reason) => {
  expect(cgroupPlace(mounts, groups)).toMatchObject({
    directory: null,
    reason: expect.stringMatching(reason),
  })
})
