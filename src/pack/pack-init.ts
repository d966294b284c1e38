/** What `stead pack init` writes beside a program. */
export interface InitAsked {
  /** The module that calls run(), relative. */
  readonly entry: string
}

/** A pack file to begin with: what package.json has is not in it. */
export function packFileText({ entry }: InitAsked): string {
  return `# What "stead pack" makes of this program; docs/reference/pack-file.md has every setting.
# Name, version, description and publisher (author) are those of package.json.
entry: ${JSON.stringify(entry)}
targets: [linux-x64, linux-arm64, win-x64, darwin-x64, darwin-arm64]
formats: [tar.gz, zip]
service:
  start: auto
  enable: true
`
}

/** A workflow of GitHub Actions that packs what a tag names, and keeps what was made with the tag. */
export function workflowText(): string {
  return `# Packs the program when a tag is pushed: git tag v1.4.0 && git push origin v1.4.0
name: pack
on:
  push:
    tags: ['v*']
permissions:
  contents: write
jobs:
  pack:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
          cache: npm
      - run: npm ci
      # What formats other than archives need; leave out what stead.pack.yaml does not name.
      # Signing for Windows takes osslsigncode 2.5 or newer.
      - run: sudo apt-get update && sudo apt-get install --yes nsis wixl msitools rpm osslsigncode
      - name: The tag is the version
        run: test "v$(node -p "require('./package.json').version")" = "$GITHUB_REF_NAME"
      - run: echo "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)" >> "$GITHUB_ENV"
      - run: npx stead pack --output artefacts
        env:
          # Named by signing.passwordEnv; left out where nothing is signed.
          SIGNING_PASSWORD: \${{ secrets.SIGNING_PASSWORD }}
      - run: gh release create "$GITHUB_REF_NAME" artefacts/* --verify-tag --generate-notes
        env:
          GH_TOKEN: \${{ github.token }}
`
}
