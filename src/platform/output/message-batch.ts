import type { ToOutputWorker } from './worker-messages.ts'

/**
 * Messages that have come together, in their order. Of several lives of one channel the earlier are
 * marked as followed: what is in its FIFO by now may be of the last of them already, whose line is looked for
 * only by what the guard has said since.
 */
export function messageBatch(messages: readonly ToOutputWorker[]): readonly ToOutputWorker[] {
  const last = new Map<number, ToOutputWorker>()
  for (const message of messages) if (message.kind === 'incarnation') last.set(message.id, message)
  return messages.map((message) =>
    message.kind === 'incarnation' && last.get(message.id) !== message
      ? { ...message, followed: true }
      : message,
  )
}
