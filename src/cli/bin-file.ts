/** A file of `bin/`: the published package has it beside its compiled JavaScript, a checkout beside src/. */
export function binFile(name: string): URL {
  const isCompiled = import.meta.url.endsWith('.js')
  return new URL(`${isCompiled ? '../bin' : '../../bin'}/${name}`, import.meta.url)
}
