import { close, type Handle, kernel32 } from './kernel32.ts'

/** JOBOBJECTINFOCLASS and JOB_OBJECT_MSG_JOB_MEMORY_LIMIT of <winnt.h>. */
const COMPLETION_PORT = 7
const JOB_MEMORY_LIMIT = 10
/** JOBOBJECT_ASSOCIATE_COMPLETION_PORT: a key, and the port. */
const ASSOCIATION_SIZE = 16
const INVALID_HANDLE = -1

/** What Windows tells of a job, read when somebody asks: no thread waits for it. */
export interface JobMessages {
  /** True where Windows has refused memory to a process of the job since the last call. */
  refusedMemory(): boolean
  /** The port, for tests: PostQueuedCompletionStatus says what Windows would. */
  readonly port: Handle
  close(): void
}

/**
 * Has Windows tell of a job from now on; null where it does not, as for a job that tells somebody else.
 */
export function listenToJob(job: Handle): JobMessages | null {
  const api = kernel32()
  const port: Handle = api.CreateIoCompletionPort(INVALID_HANDLE, 0, 0, 1)
  if (Number(port) === 0) return null
  if (!associate(job, port)) {
    close(port)
    return null
  }
  return {
    port,
    refusedMemory() {
      const message: [number] = [0]
      let refused = false
      // All of them, so that the messages of a program that starts others do not pile up.
      while (api.GetQueuedCompletionStatus(port, message, [0], [0], 0)) {
        refused ||= message[0] === JOB_MEMORY_LIMIT
      }
      return refused
    },
    close() {
      // A job that lives on would keep what nobody reads; Windows takes the port off since version 8.
      associate(job, 0)
      close(port)
    },
  }
}

function associate(job: Handle, port: Handle): boolean {
  const association = Buffer.alloc(ASSOCIATION_SIZE)
  association.writeBigInt64LE(BigInt(port), 8)
  const api = kernel32()
  return Boolean(api.SetInformationJobObject(job, COMPLETION_PORT, association, association.length))
}
