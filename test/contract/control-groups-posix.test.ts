import { posixSpawner } from '../../src/platform/posix/spawn/posix-spawner.ts'
import { controlGroupContract } from './control-groups.ts'

controlGroupContract('posixSpawner', posixSpawner)
