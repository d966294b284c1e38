import { expect, test } from 'vitest'
import { parseGuardFile } from '../config/guard-file.ts'
import { addService, emptyDraft } from './draft.ts'
import { finish } from './finish.ts'

const place = { file: 'there.conf', line: 3 }

function imported(settings: object, onWindows: boolean, defaults: object = {}) {
  const draft = emptyDraft()
  Object.assign(draft.defaults, defaults)
  const service = addService(draft, 'web', place)
  for (const [name, value] of Object.entries({ command: ['web'], ...settings })) {
    service.set(name, value)
  }
  const { text, losses } = finish(draft, 'there.conf', '/srv', onWindows)
  const [program] = parseGuardFile({ path: '/srv/stead.yaml', text, env: {} }).services
  const stop = program?.stop.map(({ action }) => (action.kind === 'signal' ? action.signal : ''))
  return { text, stop, lost: losses.map(({ setting, why }) => `${setting}: ${why}`) }
}

test('a stop that is imported on Windows asks by what Windows has', () => {
  const stop = [{ signal: 'SIGINT', to: 'tree', wait: '1s' }, { signal: 'SIGTERM' }]
  expect(imported({ stop }, true)).toMatchObject({
    stop: ['CTRL_C', 'SIGTERM', 'SIGKILL'],
    lost: [],
  })
  expect(imported({ stop }, false)).toMatchObject({ stop: ['SIGINT', 'SIGTERM', 'SIGKILL'] })
  expect(imported({ stop: { signal: 'quit', timeout: '3s' } }, true)).toMatchObject({
    stop: ['SIGTERM', 'SIGKILL'],
    lost: ['stop: Windows has no SIGQUIT: it is asked to end by all that Windows has'],
  })
})

test('what no guard on Windows has is told as lost, and the rest is taken', () => {
  const settings = {
    user: 'www',
    limits: { openFiles: 9, memory: '1G' },
    reload: { signal: 'HUP' },
  }
  const { text, lost } = imported(settings, true, { umask: '022' })
  expect(lost.map((line) => line.split(':')[0]).sort()).toEqual([
    'limits',
    'reload',
    'umask',
    'user',
  ])
  expect(text).toMatch(/limits: \{ memory: 1G \}/)
  expect(text).not.toMatch(/umask|reload|user/)
  expect(imported(settings, false, { umask: '022' }).lost).toEqual([])
})
