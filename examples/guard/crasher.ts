/** Works for a few seconds and then fails: by an exit code, or by a signal. */
const seconds = 3 + Math.round(Math.random() * 7)
console.log(`working; this will go wrong in ${seconds} s`)

setTimeout(() => {
  if (Math.random() < 0.5) process.kill(process.pid, 'SIGABRT')
  throw new Error('it went wrong')
}, seconds * 1_000)
