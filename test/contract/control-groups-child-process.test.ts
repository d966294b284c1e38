import { childProcessSpawner } from '../../src/platform/posix/spawn/child-process-spawner.ts'
import { controlGroupContract } from './control-groups.ts'

controlGroupContract('childProcessSpawner', childProcessSpawner)
