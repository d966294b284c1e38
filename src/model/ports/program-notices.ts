import type { SpawnDescriptor } from './spawner.ts'

/** Who sent a datagram, by the kernel's word (SCM_CREDENTIALS, unix(7)). */
export interface NoticeSender {
  readonly pid: number
  readonly uid: number
}

/** One datagram of sd_notify(3). */
export interface NoticeMessage {
  readonly text: string
  readonly sender: NoticeSender
  /** Microseconds of CLOCK_MONOTONIC when it was taken, for what MONOTONIC_USEC= says. */
  readonly uptime: number
  /** That came along (SCM_RIGHTS): they are the receiver's, who closes them. */
  readonly descriptors: readonly number[]
}

export interface NoticeSocket {
  /** What NOTIFY_SOCKET has to say. */
  readonly address: string
  /** Tells now what came and was not told yet. */
  catchUp(): void
  /** Forgets what came and was not told yet: words of an earlier life. */
  discard(): void
  /** No more words are taken, and the socket's file goes. */
  close(): void
}

export interface NoticePipe {
  /** What becomes the program's descriptor. */
  readonly descriptor: SpawnDescriptor
  close(): void
}

/** The ways by which a program tells how it is: a socket as sd_notify(3) wants it, a pipe as s6 does. */
export interface ProgramNotices {
  /**
   * @param id of the instance; its socket has the same address at each call
   * @param user who runs the program; null for whoever runs the guard
   * @param receive is told each datagram of that user, of root and of the guard's own user
   */
  socket(id: string, user: string | null, receive: (message: NoticeMessage) => void): NoticeSocket
  /** A FIFO, the same one for the same life; `line` is called once, for the first line break. */
  pipe(id: string, incarnation: number, line: () => void): NoticePipe
  /** Calls once when the other side of a descriptor is gone (EPOLLHUP); never for what has none, such as a file. */
  watchHangUp(fd: number, gone: () => void): () => void
  /** Closes what is open and ends the waiting. */
  close(): Promise<void>
}
