import { childProcessSpawner } from '../../src/platform/posix/spawn/child-process-spawner.ts'
import { spawnerContract } from './spawner.ts'
import { spawningContract } from './spawning.ts'

spawnerContract('childProcessSpawner', childProcessSpawner)
spawningContract('childProcessSpawner, as every spawner', childProcessSpawner)
