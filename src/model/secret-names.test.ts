import { expect, test } from 'vitest'
import { isSecretName, maskUrls } from './secret-names.ts'

test.each([
  'PASSWORD',
  'DB_PASSWORD',
  'dbPassword',
  'api-key',
  'API_KEY',
  'apiKey',
  'APIKEY',
  'signingKey',
  'AWS_SECRET_ACCESS_KEY',
  'GITHUB_TOKEN',
  'session.secret',
  'AWS_ACCESS_KEY',
])('%s is a secret by its name', (name) => {
  expect(isSecretName(name)).toBe(true)
})

test.each([
  'PORT',
  'key',
  'PASSWORD_FILE',
  'tokenUrl',
  'TOKEN_TTL',
  'secretary',
  'passwordless',
  '',
])('%s is none', (name) => {
  expect(isSecretName(name)).toBe(false)
})

test('the password in an URL is masked', () => {
  expect(maskUrls('at postgres://me:hunter2@db/shop and redis://:x@r')).toBe(
    'at postgres://me:***@db/shop and redis://:***@r',
  )
  expect(maskUrls('http://unix:/run/web.sock:/healthz')).toBe('http://unix:/run/web.sock:/healthz')
})
