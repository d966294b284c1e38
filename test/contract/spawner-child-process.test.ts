import { childProcessSpawner } from '../../src/platform/posix/spawn/child-process-spawner.ts'
import { spawnerContract } from './spawner.ts'

spawnerContract('childProcessSpawner', childProcessSpawner)
