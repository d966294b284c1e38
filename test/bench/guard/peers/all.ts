import type { Peer } from '../peer.ts'
import { daemontools } from './daemontools.ts'
import { floor } from './floor.ts'
import { pm2 } from './pm2.ts'
import { runit } from './runit.ts'
import { s6 } from './s6.ts'
import { stead } from './stead.ts'
import { supervisord } from './supervisord.ts'
import { systemd } from './systemd.ts'

export const PEERS: readonly Peer[] = [
  floor,
  stead,
  runit,
  s6,
  daemontools,
  systemd,
  supervisord,
  pm2,
]
