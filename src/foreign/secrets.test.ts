import { expect, test } from 'vitest'
import { addService, emptyDraft } from './draft.ts'
import { isSecretName, setEnv, withoutSecrets } from './secrets.ts'

const origin = { place: { file: 'a', line: 1 }, setting: 'args' }

test.each(['DB_PASSWORD', 'pwd', '--api-key', 'client_secret', 'TOKEN', 'MyPassphrase', 'apikey'])(
  '%s names a secret',
  (name) => expect(isSecretName(name)).toBe(true),
)
test.each(['PATH', '--max-tokens', 'PASSWORD_FILE', '--token-file', 'KEYBOARD', 'SECRETARY'])(
  '%s names none',
  (name) => expect(isSecretName(name)).toBe(false),
)

test('no value of a secret is in the settings or in what is told of them', () => {
  const draft = emptyDraft()
  const service = addService(draft, 'my app', origin.place)
  const words = [
    '--password',
    'hunter2',
    '/pwd:hunter2',
    '--url=http://me:hunter2@host/',
    'plain',
    '-Da.secret=hunter2',
    'Server=db;User=a;Password = hunter2;Timeout=3',
    'https://host/?a=b&token=hunter2',
  ]
  const kept = withoutSecrets(service, words, origin)
  setEnv(
    service,
    {
      A: '1',
      DB_PASSWORD: 'hunter2',
      URL: 'amqp://a:hunter2@b',
      DB: 'Server=db;Pwd=hunter2',
      EMPTY_TOKEN: '',
    },
    origin,
  )
  expect(JSON.stringify([draft, kept])).not.toContain('hunter2')
  expect(service.settings.env).toEqual({ A: '1', EMPTY_TOKEN: '' })
  expect(kept).toHaveLength(words.length)
  expect(draft.losses).toHaveLength(9)
})
