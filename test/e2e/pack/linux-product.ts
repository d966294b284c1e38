import type { PackSpec } from '../../../src/model/pack-spec.ts'
import type { StagedProduct } from '../../../src/model/staged-product.ts'
import { CHECKOUT } from '../systemd/container.ts'
import { stage } from './stand-in.ts'

export const PORT = 18_080

/** A script that becomes the checkout's hello, as it is seen in a container. */
const HELLO = `#!/bin/sh
exec ${CHECKOUT}/node_modules/.bin/node ${CHECKOUT}/examples/hello/app.ts "$@"
`

/** Hello as the product of a Linux machine, with a greeting of its own in its configuration. */
export function helloForLinux(
  directory: string,
  version: string,
  spec: Partial<PackSpec> = {},
): StagedProduct {
  return stage(directory, {
    target: 'linux-x64',
    executable: 'stead-hello',
    files: {
      'stead-hello': HELLO,
      'greeting.txt': `Hello from ${version}\n`,
      'texts/read me.txt': `This is ${version}; 100 % of it.\n`,
    },
    config: ['greeting.txt'],
    spec: {
      version,
      service: {
        account: 'stead-hello',
        start: 'auto',
        enable: true,
        args: ['--greeting', '$HOME 100%'],
        env: { PORT: String(PORT), STEAD_CONFIG: '/etc/stead-hello/greeting.txt' },
        config: null,
      },
      ...spec,
    },
  })
}
