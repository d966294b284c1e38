import { variable } from './variable.ts'

/**
 * `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:?message}` as compose has them, made into variables
 * of the guard; what is not set is empty there, and so it is here. `$$` is `$`.
 *
 * @param tell is told of what cannot be said
 */
export function interpolate(text: string, tell: (why: string) => void): string {
  return text.replace(
    /\$(?:\$|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\}|([A-Za-z_]\w*)|(\{[^}]*\}?))/g,
    (whole, braced?: string, how = '', rest = '', bare?: string, odd?: string) => {
      if (odd !== undefined) {
        tell(`${whole.slice(0, 60)} cannot be written in stead.yaml`)
        return ''
      }
      const name = braced ?? bare
      if (name === undefined) return '$'
      if (how.endsWith('+')) {
        tell(`\${${name}${how}…} cannot be written in stead.yaml`)
        return ''
      }
      const made = variable(
        name,
        how.endsWith('?') ? null : how.endsWith('-') ? rest.replaceAll('$$', '$') : '',
      )
      if (made !== null) return made
      tell(`the default of ${name} cannot be written in stead.yaml`)
      return variable(name, '') as string
    },
  )
}
