/** Signing executables for macOS: what codesign(1) is asked, on the Mac where it is. */

/**
 * What the hardened runtime has to leave to a Node: V8 makes code in memory, and koffi is a library of others. Without them
 * the executable is signed and notarized, and is ended at its start (tools/osx-entitlements.plist of Node; "Hardened Runtime"
 * in Apple's documentation).
 */
const ENTITLEMENTS = [
  'com.apple.security.cs.allow-jit',
  'com.apple.security.cs.allow-unsigned-executable-memory',
  'com.apple.security.cs.disable-library-validation',
]

/** The property list that `--entitlements` names. */
export function entitlements(): string {
  const keys = ENTITLEMENTS.map((key) => `  <key>${key}</key>\n  <true/>\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${keys.join('')}</dict>
</plist>
`
}

/**
 * Arguments of codesign(1) that sign a file in its place. Notarization asks for the hardened runtime and for a time stamp of
 * Apple's. The signature that stead has put in is replaced.
 *
 * @param rights a file with {@link entitlements}
 */
export function codesignWords(identity: string, file: string, rights: string): readonly string[] {
  const how = ['--options', 'runtime', '--timestamp', '--entitlements', rights]
  return ['--sign', identity, '--force', ...how, file]
}

/** Arguments that verify it: of exactly these bytes. */
export function codesignVerifyWords(file: string): readonly string[] {
  return ['--verify', '--strict', '--verbose=2', file]
}
