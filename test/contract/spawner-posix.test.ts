import { posixSpawner } from '../../src/platform/posix/spawn/posix-spawner.ts'
import { spawnerContract } from './spawner.ts'

spawnerContract('posixSpawner', posixSpawner)
