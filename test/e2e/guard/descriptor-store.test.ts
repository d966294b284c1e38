/** Descriptors that a program leaves with its guard, and finds again in its next life. */
import { expect, test } from 'vitest'
import { until } from '../../contract/until.ts'
import { openRoom } from './room.ts'
import { PYTHON } from './stead.ts'

/** Counts its lives in a file without a name, which nobody but the guard holds between them. */
const COUNTS = `import os, signal, socket, sys
names = os.environ.get("LISTEN_FDNAMES", "").split(":")
if "LISTEN_PID" in os.environ:
    assert os.environ["LISTEN_PID"] == str(os.getpid())
    state = 3 + names.index("count")
else:
    state = os.memfd_create("count")
    os.write(state, b"0")
count = int(os.pread(state, 20, 0)) + 1
os.pwrite(state, str(count).encode(), 0)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect(os.environ["NOTIFY_SOCKET"])
if count == 1:
    keep = [os.memfd_create(str(n)) for n in range(5)]
    socket.send_fds(notify, [b"FDSTORE=1\\nFDNAME=spare"], keep)
    notify.send(b"FDSTOREREMOVE=1\\nFDNAME=spare")
def leave(*_):
    # In its very last moment.
    socket.send_fds(notify, [b"FDSTORE=1\\nFDNAME=count"], [state])
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
notify.send(b"READY=1\\nSTATUS=life %d of %s" % (count, os.environ["FDSTORE"].encode()))
print(count, names, flush=True)
while True: signal.pause()
`

test('what is left in the last moment of a life is there in the next one, until a stop', async () => {
  const room = openRoom({
    counts: { command: [PYTHON, '-c', COUNTS], ready: { notify: true }, fdStoreMax: 4 },
  })
  await room.up()
  const says = (text: string) =>
    until(text, async () => (await room.one('counts')).statusText === text)
  await room.running('counts')
  await says('life 1 of 4')
  expect(await room.stead('restart', 'counts')).toMatchObject({ code: 0 })
  await says('life 2 of 4')
  expect(await room.stead('restart', 'counts')).toMatchObject({ code: 0 })
  await says('life 3 of 4')
  // It prints what it has after it has said that it is ready.
  await until('it has told what it has', () => /3 \['count'\]/.test(room.log('counts')))
  // Nobody keeps for a program that is stopped.
  expect(await room.stead('stop', 'counts')).toMatchObject({ code: 0 })
  expect(await room.stead('start', 'counts')).toMatchObject({ code: 0 })
  await says('life 1 of 4')
  expect(await room.stead('down')).toMatchObject({ code: 0 })
  room.expectNothingLeft()
})
