import { unknownWord } from '../loss.ts'
import { at, type WinswService } from './service.ts'

const MODES = ['automatic', 'manual', 'disabled', 'boot', 'system']

/**
 * What Windows is told of the service itself: it belongs to whatever installs the guard, and is told with
 * the option of `stead install` that says it. A password is never read.
 */
export function loseDefinition({ service, root }: WinswService): void {
  const mode = root.first('startmode')
  if (mode !== null) {
    const word = mode.text.toLowerCase()
    if (word === 'manual' || word === 'disabled') service.set('autostart', false, at(mode))
    else if (word === 'boot' || word === 'system')
      service.lose('startmode', mode.place, 'only drivers are started then')
    else if (word !== 'automatic') service.lose('startmode', mode.place, unknownWord(word, MODES))
  }
  const delayed = root.first('delayedAutoStart')
  if (delayed !== null && !/^false$/i.test(delayed.text))
    service.lose(
      'delayedAutoStart',
      delayed.place,
      'it is about the service that runs the guard',
      'stead install --start-type delayed',
    )
  for (const { text, place } of root.all('depend').filter((one) => one.text !== ''))
    service.lose(
      'depend',
      place,
      `${text.slice(0, 100)} is a service of Windows, and no program of this guard`,
      `stead install --depends-on ${text.slice(0, 100)}`,
    )
  const account = root.first('serviceaccount')
  if (account !== null) {
    const user = account.first('username')?.text ?? account.first('user')?.text ?? ''
    const domain = account.first('domain')?.text ?? ''
    const whole = domain === '' || user === '' ? user : `${domain}\\${user}`
    service.lose(
      'serviceaccount',
      account.place,
      `it ran as ${whole === '' ? 'an account that was asked for' : whole.slice(0, 100)}, and programs run as the guard does`,
      `stead install --user ${JSON.stringify(whole.slice(0, 100))}`,
    )
    const password = account.first('password')
    if (password !== null && password.text !== '')
      service.lose(
        'serviceaccount.password',
        password.place,
        'a password is not carried over; this one stands in the file for all who may read it',
        'stead install asks for it',
      )
  }
  for (const name of [
    'securityDescriptor',
    'securtityDescriptor',
    'preshutdown',
    'preshutdownTimeout',
  ]) {
    const found = root.first(name)
    if (found !== null)
      service.lose(
        name,
        found.place,
        'it is about the service that runs the guard',
        'windows: in a service file',
      )
  }
}
