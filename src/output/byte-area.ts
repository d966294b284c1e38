/** Bytes that may be read and written four at a time: words may reach beyond the end by {@link SLACK}. */
export interface ByteArea {
  readonly bytes: Buffer
  readonly words: DataView
  /** Bytes that may hold data; those of the slack behind them do not count. */
  readonly size: number
}

export const SLACK = 64

export function byteArea(size: number): ByteArea {
  // Memory of its own: a view of the shared pool would end beside somebody else's bytes.
  const memory = new ArrayBuffer(size + SLACK)
  return { bytes: Buffer.from(memory), words: new DataView(memory), size }
}

/** A copy of `data` with slack behind it. */
export function byteAreaOf(data: Uint8Array): ByteArea {
  const area = byteArea(data.length)
  area.bytes.set(data)
  return area
}
