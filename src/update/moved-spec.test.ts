import { expect, test } from 'vitest'
import { completeSpec, type ServiceSpec } from '../model/service-spec.ts'
import { movedSpec } from './moved-spec.ts'

const specOf = (settings: Partial<ServiceSpec>): ServiceSpec =>
  completeSpec({ name: 'web', file: '/opt/web/web', ...settings })

const FILES = ['web', 'web.yaml', 'pages/first/index.html']

test('all that the new version has is taken from its directory', () => {
  const spec = specOf({
    ...{ cwd: '/opt/web', configFile: '/opt/web/web.yaml', envFile: '/opt/web-too/env' },
    args: ['/opt/web/pages', '--flag', '/opt/webs', '/opt/web/pages/first/index.html'],
  })
  const to = '/opt/web/versions/2.0.0'
  const move = { from: ['/opt/web'], to, executable: `${to}/web`, files: FILES }
  expect(movedSpec(spec, move)).toMatchObject({
    ...{ file: `${to}/web`, cwd: to, configFile: `${to}/web.yaml`, envFile: '/opt/web-too/env' },
    args: [`${to}/pages`, '--flag', '/opt/webs', `${to}/pages/first/index.html`],
  })
})

test('what is no part of the program stays where it is', () => {
  const spec = specOf({
    configFile: '/opt/web/of-the-administrator.yaml',
    args: ['/opt/web/data', '/opt/web/pages/second', '/opt/web/pag'],
  })
  const to = '/opt/web/versions/2.0.0'
  const move = { from: ['/opt/web'], to, executable: `${to}/web`, files: FILES }
  expect(movedSpec(spec, move)).toEqual({ ...spec, file: `${to}/web` })
})

test('Windows tells neither capitals nor slashes, and has several names for a directory', () => {
  const spec = specOf({
    file: 'C:\\PROGRA~1\\Web\\web.exe',
    configFile: 'c:\\program files\\web\\WEB.yaml',
    args: [
      'C:\\PROGRA~1\\Web\\pages\\First',
      'C:/Program Files/Web/web.yaml',
      'C:\\Program Files\\Webs',
    ],
  })
  const to = 'C:\\Program Files\\Web\\versions\\2.0.0'
  const move = {
    ...{ from: ['C:\\Program Files\\Web', 'C:\\PROGRA~1\\Web'], to },
    ...{ executable: `${to}\\web.exe`, files: FILES },
  }
  expect(movedSpec(spec, move)).toMatchObject({
    ...{ file: `${to}\\web.exe`, configFile: `${to}\\WEB.yaml` },
    args: [`${to}\\pages\\First`, `${to}/web.yaml`, 'C:\\Program Files\\Webs'],
  })
})

test('elsewhere another capital is another file', () => {
  const spec = specOf({ args: ['/opt/Web/web.yaml', '/opt/web/WEB.yaml'] })
  const to = '/opt/web/versions/2.0.0'
  const move = { from: ['/opt/web'], to, executable: `${to}/web`, files: FILES }
  expect(movedSpec(spec, move).args).toEqual(spec.args)
})
