import { posixSpawner } from '../../src/platform/posix/spawn/posix-spawner.ts'
import { spawnerContract } from './spawner.ts'
import { spawningContract } from './spawning.ts'

spawnerContract('posixSpawner', posixSpawner)
spawningContract('posixSpawner, as every spawner', posixSpawner)
