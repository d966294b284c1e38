/**
 * stead.yaml read in a thread that ends: the guard lives for months, and what reads YAML takes more
 * memory than everything that the guard itself needs.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type ErrorCode, type ErrorParams, isSteadError, SteadError } from '../errors.ts'
import type { GuardSpec } from '../model/program-spec.ts'

interface Question {
  readonly path: string
  readonly text: string
  readonly env: Readonly<Record<string, string | undefined>>
}

type Answer =
  | { readonly spec: GuardSpec }
  | { readonly code: ErrorCode; readonly params: ErrorParams<ErrorCode> }

/** @throws GUARD_FILE_INVALID with every problem */
export function readGuardSpec(question: Question): Promise<GuardSpec> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: question,
      // A file of a megabyte has room in it, and a bomb has not.
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    worker.once('message', (answer: Answer) => {
      if ('spec' in answer) resolve(answer.spec)
      else reject(new SteadError(answer.code, answer.params))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      reject(new Error(`reading ${question.path} ended with ${code}`))
    })
  })
}

async function answer({ path, text, env }: Question): Promise<Answer> {
  try {
    const { parseGuardFile } = await import('../config/guard-file.ts')
    return { spec: parseGuardFile({ path, text, env }) }
  } catch (error) {
    if (!isSteadError(error)) throw error
    const { code, params } = error
    return { code, params }
  }
}

if (!isMainThread && parentPort !== null)
  parentPort.postMessage(await answer(workerData as Question))
