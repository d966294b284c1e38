import type { Job } from './job.ts'

/** The job of each program that a spawner of this process watches, by the pid of the program. */
const jobs = new Map<number, Job>()

/** Notes the job of a living program. @returns forgets it again */
export function noteJob(pid: number, job: Job): () => void {
  jobs.set(pid, job)
  return () => {
    if (jobs.get(pid) === job) jobs.delete(pid)
  }
}

/** The job of a program; undefined for one that no spawner of this process watches. */
export function jobOfProgram(pid: number): Job | undefined {
  return jobs.get(pid)
}
