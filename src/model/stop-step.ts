/** One step of a stop; the next comes after `wait`, unless nothing of the tree is left. */
export interface StopStep {
  readonly action:
    | { readonly kind: 'signal'; readonly signal: string; readonly to: 'leader' | 'group' | 'tree' }
    | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  readonly wait: number
  /** Where it reaches nobody its wait goes to the next step that shares: the whole takes no less and no more. */
  readonly sharesWait?: true
}
