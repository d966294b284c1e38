import { describe, expect, test } from 'vitest'
import { isSteadError } from '../../errors.ts'
import { type PackFileAsked, readPackFile } from './read-pack-file.ts'

const MANIFEST = JSON.stringify({
  name: '@example/hello',
  version: '1.4.0',
  description: 'Says hello',
  author: 'Ann Example <ann@example.com>',
})

function asked(text: string, more: Partial<PackFileAsked> = {}): PackFileAsked {
  return {
    path: '/srv/stead.pack.yaml',
    text,
    packageText: MANIFEST,
    resolve: (path) => `/srv/${path}`,
    kindOf: (path) => (path.includes('missing') ? null : path.endsWith('/dir') ? 'other' : 'file'),
    ...more,
  }
}

function problems(text: string, more: Partial<PackFileAsked> = {}): readonly string[] {
  try {
    readPackFile(asked(text, more))
  } catch (error) {
    if (isSteadError(error, 'PACK_FILE_INVALID')) return error.params.problems
    throw error
  }
  return []
}

describe('a pack file', () => {
  test('needs its entry alone; the rest is that of package.json', () => {
    expect(readPackFile(asked('entry: src/app.ts\n'))).toEqual({
      entry: '/srv/src/app.ts',
      name: 'hello',
      displayName: 'hello',
      description: 'Says hello',
      version: '1.4.0',
      publisher: 'Ann Example',
      homepage: null,
      icon: null,
      license: null,
      targets: ['linux-x64', 'linux-arm64', 'win-x64', 'darwin-x64', 'darwin-arm64'],
      formats: ['tar.gz', 'zip'],
      archiveName: '{{ name }}_{{ version }}_{{ os }}_{{ arch }}',
      files: [],
      service: { account: null, start: 'auto', enable: true, args: [], env: {}, config: null },
      hooks: { before: [], after: [] },
      signing: null,
      codesign: null,
      update: null,
      compression: 'best',
    })
  })

  test('may be a part of package.json', () => {
    const text = JSON.stringify({ name: 'x', stead: { pack: { entry: 'a.ts', name: 'shop' } } })
    const spec = readPackFile(asked(text, { path: '/srv/package.json' }))
    expect(spec).toMatchObject({ name: 'shop', entry: '/srv/a.ts' })
  })

  test('may have what a setup program would cut where none is made', () => {
    const text = `entry: a.ts\nservice: { args: [${'x'.repeat(2000)}] }\n`
    expect(readPackFile(asked(text)).service?.args[0]).toHaveLength(2000)
    const other = `${text}formats: [nsis, deb]\ntargets: [linux-x64]\n`
    expect(readPackFile(asked(other)).service?.args[0]).toHaveLength(2000)
  })

  test('with a text out of package.json that a setup program would cut is refused', () => {
    const packageText = JSON.stringify({ name: 'a', version: '1.0.0', author: 'x'.repeat(1023) })
    expect(problems('entry: a.ts\nformats: [nsis]\n', { packageText }).join('\n')).toContain(
      'publisher: it has 1023 characters, and a setup program (nsis) cuts texts after 1022',
    )
  })

  test('describes no service where it says so', () => {
    expect(readPackFile(asked('entry: a.ts\nservice: false\n')).service).toBeNull()
  })

  test('names the configuration of its service among its files', () => {
    const files = 'files: [{ from: a.yaml, to: etc/hello.yaml, config: true }]\n'
    const text = (config: string) => `entry: a.ts\n${files}service: { config: ${config} }\n`
    expect(readPackFile(asked(text('etc/hello.yaml'))).service?.config).toBe('etc/hello.yaml')
    expect(problems(text('hello.yaml'))[0]).toMatch(
      /service\.config.*none of the files lies at hello\.yaml/s,
    )
    expect(problems(text('/etc/hello.yaml'))[0]).toContain('is no path below')
  })

  test('has modes in octal digits', () => {
    const text = 'entry: a.ts\nfiles: [{ from: key, to: etc/key, mode: "0600", config: true }]\n'
    expect(readPackFile(asked(text)).files).toEqual([
      { from: '/srv/key', to: 'etc/key', mode: 0o600, config: true },
    ])
  })

  test('tells all that is wrong at once, each with its line and column', () => {
    const found = problems('entry: a.ts\nversion: "1.4"\ntargets: [linux-x46]\nformat: [zip]\n')
    expect(found.map((one) => one.split('\n')[0])).toEqual([
      '/srv/stead.pack.yaml:2:10: version: "1.4" is no semantic version, such as 1.4.0 or 2.0.0-rc.1',
      expect.stringMatching(
        /^\/srv\/stead\.pack\.yaml:3:11: targets\.0: .*did you mean linux-x64\?$/,
      ),
      expect.stringMatching(/^\/srv\/stead\.pack\.yaml:4:1: format: .*did you mean formats\?$/),
    ])
  })

  test.each([
    ['a file that is not there', 'entry: missing.ts', 'there is no /srv/missing.ts'],
    ['a directory for a file', 'entry: dir', '/srv/dir is no file'],
    ['a number that Windows cannot have', 'entry: a\nversion: 1.70000.0', '70000'],
    ['a name that no package can have', 'entry: a\nname: My App', 'no name of a product'],
    ['a word that means nothing', 'entry: a\narchiveName: "{{ nam }}"', '{{ nam }} means nothing'],
    ['one name for all targets', 'entry: a\narchiveName: "{{ name }}"', '{{ os }} and {{ arch }}'],
    ['a name with a folder', 'entry: a\narchiveName: "x/{{ os }}{{ arch }}"', 'no name of a file'],
    ['a way out', 'entry: a\nfiles: [{ from: a, to: ../a }]', 'no path below'],
    ['an absolute path', 'entry: a\nfiles: [{ from: a, to: /etc/a }]', 'no path below'],
    ['a drive', 'entry: a\nfiles: [{ from: a, to: "C:a" }]', 'no path below'],
    ['an identity that is none', 'entry: a\ncodesign: "-"', 'stead signs ad hoc by itself'],
    ['a stream', 'entry: a\nfiles: [{ from: a, to: "a:b" }]', 'no path below'],
    ['an empty part', 'entry: a\nfiles: [{ from: a, to: a//b }]', 'no path below'],
    ['two files in one place', 'entry: a\nfiles: [{ from: a, to: HELLO.EXE }]', 'there already'],
    [
      'a file below a file',
      `entry: a\nfiles: [${['a', 'A/b'].map((to) => `{ from: a, to: ${to} }`)}]`,
      'a is there already',
    ],
    ['a place of updates', 'entry: a\nfiles: [{ from: a, to: versions/1 }]', 'versions is there'],
    ['a hook without a program', 'entry: a\nhooks: { before: [{ command: [] }] }', 'empty'],
    ['nothing', '', 'it is empty'],
    [
      'a command that a setup program cuts',
      `entry: a\nformats: [nsis]\nservice: { args: [a], env: { A: b, LONG: ${'x'.repeat(1000)} } }`,
      'service.env.LONG: with its 1004 characters the command that registers the service has 11',
    ],
    [
      'a path that Windows does not take',
      `entry: a\nformats: [nsis]\nfiles: [{ from: a, to: ${'x/'.repeat(115)}a }]`,
      'files.0.to: where it is installed',
    ],
  ])('with %s is refused', (_, text, words) => {
    expect(problems(`${text}\n`).join('\n')).toContain(words)
  })

  test('without a package.json has to say who it is', () => {
    expect(problems('entry: a.ts\n', { packageText: null }).join('\n')).toMatch(
      /name: it is missing.*version: it is missing.*publisher: it is missing/s,
    )
  })
})
