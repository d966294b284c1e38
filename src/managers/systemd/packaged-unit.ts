import { homeOf } from '../../model/home.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { bootTarget, serviceSection, unitSection } from './render-unit.ts'

export interface PackagedService
  extends Pick<ServiceSpec, 'name' | 'file' | 'args' | 'env' | 'user'> {
  readonly displayName: string
  readonly description: string
}

/**
 * The unit that a package brings for a service of the SDK. It is the package's and not an installation of
 * stead's: it has no marker, so that `install` leaves it alone. systemd makes `/var/lib/NAME` for its user
 * (systemd.exec(5), StateDirectory=). Pure.
 */
export function renderPackagedUnit(service: PackagedService): string {
  const { name, user } = service
  const spec = completeSpec({ ...service, protocol: 'native', group: user, startType: 'auto' })
  const home = homeOf({ platform: 'linux', scope: 'system', env: {}, userHome: '', root: null })
  const sections = [
    ['[Unit]', ...unitSection(spec, 'system')],
    ['[Service]', ...serviceSection(spec, home), `StateDirectory=${name}`],
    ['[Install]', `WantedBy=${bootTarget('system')}`],
  ]
  const text = sections.map((lines) => lines.join('\n')).join('\n\n')
  return `# Of the package ${name}. To change settings: systemctl edit ${name}\n${text}\n`
}
