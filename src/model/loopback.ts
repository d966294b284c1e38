/** 127.0.0.0/8 (RFC 1122, 3.2.1.3) and ::1 (RFC 4291, 2.5.3). */
export function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || /^(0*:)*:?0*1$/.test(address)
}

/** Whether what is sent there stays on this machine. */
export function leadsHere({ hostname }: URL): boolean {
  // A URL has its IPv6 address in brackets.
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))
}
