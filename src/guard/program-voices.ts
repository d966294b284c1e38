import type { DescriptorStore } from '../model/ports/descriptor-store.ts'
import type {
  NoticeMessage,
  NoticePipe,
  NoticeSocket,
  ProgramNotices,
} from '../model/ports/program-notices.ts'
import type { OutputChannel } from '../model/ports/program-output.ts'
import { parseNotice } from './notice.ts'

export interface VoiceParts {
  /** Null where the system has no such ways: settings that need one are refused before. */
  readonly notices: ProgramNotices | null
  readonly store: DescriptorStore
}

/** What one instance's program can speak through, over its lives. */
export interface Voice {
  socket: NoticeSocket | null
  /** Who runs the program that the socket is for. */
  user: string | null
  /** How many descriptors may be left with the guard. */
  most: number
  pipe: { readonly incarnation: number; readonly pipe: NoticePipe } | null
  notice: ((message: NoticeMessage) => void) | null
  line: (() => void) | null
  match: Match | null
}

/** A line that is waited for in the output of one life, from before its start. */
export interface Match {
  readonly incarnation: number
  readonly pattern: string
  found: boolean
  heard: (() => void) | null
  readonly cancel: () => void
}

/** The ways by which programs speak: sockets and pipes, made when they are first asked for, and lines of output. */
export function programVoices({ notices, store }: VoiceParts) {
  const ways = (): ProgramNotices => {
    if (notices === null) throw new Error('this system has no sockets for notices')
    return notices
  }
  const voices = new Map<string, Voice>()

  function voiceOf(id: string): Voice {
    const voice = voices.get(id) ?? {
      socket: null,
      user: null,
      most: 0,
      pipe: null,
      notice: null,
      line: null,
      match: null,
    }
    voices.set(id, voice)
    return voice
  }

  function socketOf(id: string, user: string | null): NoticeSocket {
    const voice = voiceOf(id)
    if (voice.socket !== null && voice.user !== user) {
      voice.socket.close()
      voice.socket = null
    }
    voice.user = user
    voice.socket ??= ways().socket(id, user, (message) => {
      keep(id, voice.most, message)
      voice.notice?.(message)
    })
    // What an earlier life said, and nobody heard yet, is not said of this one.
    voice.socket.discard()
    return voice.socket
  }

  /** Also when nobody listens to the rest of what it says. */
  function keep(id: string, most: number, { text, descriptors }: NoticeMessage): void {
    const said = parseNotice(text)
    const name = said.storeName ?? 'stored'
    if (said.store === 'give-up') store.giveUp(id, name)
    // None but those that are meant to be kept are.
    const options = { name, most: said.store === 'keep' ? most : 0, polls: said.storePolls }
    if (descriptors.length > 0) store.keep(id, descriptors, options)
  }

  function pipeOf(id: string, incarnation: number): NoticePipe {
    const voice = voiceOf(id)
    if (voice.pipe?.incarnation === incarnation) return voice.pipe.pipe
    voice.pipe?.pipe.close()
    const pipe = ways().pipe(id, incarnation, () => voice.line?.())
    voice.pipe = { incarnation, pipe }
    return pipe
  }

  function matchOf(
    id: string,
    pattern: string,
    incarnation: number,
    channel: OutputChannel | null,
  ): Match | null {
    if (channel === null) return null
    const voice = voiceOf(id)
    const { match: old } = voice
    if (old?.incarnation === incarnation && old.pattern === pattern) return old
    old?.cancel()
    const match: Match = {
      incarnation,
      pattern,
      found: false,
      heard: null,
      cancel: channel.watchFor(new RegExp(pattern), () => {
        match.found = true
        match.heard?.()
      }),
    }
    voice.match = match
    return match
  }

  return {
    get: (id: string): Voice | undefined => voices.get(id),
    voiceOf,
    socketOf,
    pipeOf,
    matchOf,
    /** The instance will not be started again. */
    forget(id: string): void {
      const voice = voices.get(id)
      voices.delete(id)
      voice?.socket?.close()
      voice?.pipe?.pipe.close()
      voice?.match?.cancel()
    },
  }
}
