/** A configuration's text, cut where each of its services begins. */
export interface CutText {
  /** Everything else, which has to be the same. */
  readonly frame: string
  /** What stands there of each service, in their order. */
  readonly services: ReadonlyMap<string, string>
  /** The whole, with nothing but their names of the services that are named. */
  without(names: Pick<ReadonlyMap<string, unknown>, 'has'>): string
}
