/** Verbs by which a program manages itself: `node app.js install`. */
export const SELF_VERBS: ReadonlySet<string> = new Set([
  'install',
  'uninstall',
  'start',
  'stop',
  'restart',
  'pause',
  'resume',
  'reload',
  'status',
])
