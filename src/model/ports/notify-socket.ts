/** The way to the service manager that started us: sd_notify(3). */
export interface NotifySocket {
  /** Sends assignments such as `READY=1`, as one datagram. False where it could not be sent. */
  send(assignments: Readonly<Record<string, string | number | bigint>>): boolean
  /** Microseconds of CLOCK_MONOTONIC, as MONOTONIC_USEC= wants them. */
  monotonicMicroseconds(): bigint
  close(): void
}
