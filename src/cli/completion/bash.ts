import { type Offer, quoted, type VerbWords, valuesOf } from './line-words.ts'

/**
 * A script for bash(1), Programmable Completion. Words are taken from the line itself: bash breaks them
 * at `@` and `=` as well, and puts in what stands behind the last of these alone.
 */
export function bashScript(verbs: readonly VerbWords[]): string {
  const cases = verbs.map(({ name, options, offers, goesOn }) => {
    const flags = options.flatMap((option) => option.flags).join(' ')
    const valued = options.flatMap((option) => (option.value === null ? [] : option.flags))
    const kinds = offers.map(kindOf)
    if (goesOn) kinds.push('...')
    return `    ${name}) options='${flags}' valued=' ${valued.join(' ')} ' offers=(${kinds.map(quoted).join(' ')}) ;;`
  })
  const values = [...valuesOf(verbs)].map(
    ([flag, value]) => `    ${flag}) kind=${quoted(kindOf(value))} ;;`,
  )
  return `# source <(stead completion bash)
_stead() {
  local line=\${COMP_LINE:0:COMP_POINT} verb word last i at=0 kind=none options= valued= name=
  local -a words offers where=()
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  last=$(( \${#words[@]} - 1 ))
  word=\${words[last]}
  verb=\${words[1]-}
  COMPREPLY=()
  if (( last <= 1 )); then
    COMPREPLY=($(compgen -W ${quoted(verbs.map(({ name }) => name).join(' '))} -- "$word"))
    return
  fi
  case $verb in
${cases.join('\n')}
    *) return ;;
  esac
  for (( i = 2; i < last; i++ )); do
    case \${words[i]} in
      --) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
      --home|--scope) where+=("\${words[i]}" "\${words[i + 1]}"); (( i++ )) ;;
      -*) [[ $valued == *" \${words[i]} "* ]] && (( i++ )) ;;
      *) (( at++ == 0 )) && name=\${words[i]} ;;
    esac
  done
  if (( i > last )); then
    case \${words[last - 1]} in
${values.join('\n')}
    esac
  elif [[ $word == -* ]]; then
    kind="words $options"
  else
    kind=\${offers[at]-none}
    (( at >= \${#offers[@]} - 1 )) && [[ \${offers[*]} == *... ]] && kind=\${offers[\${#offers[@]} - 2]}
  fi
  case $kind in
    names|services) COMPREPLY=($(compgen -W "$(stead names --$kind "\${where[@]}" 2>/dev/null)" -- "$word")) ;;
    parameters)
      # Behind the = stands a value.
      if [[ $word != *=* ]]; then
        compopt -o nospace 2>/dev/null
        COMPREPLY=($(compgen -W "$(stead names --parameters "$name" "\${where[@]}" 2>/dev/null)" -- "$word"))
      fi ;;
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")) ;;
    directories) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$word")) ;;
    words*) COMPREPLY=($(compgen -W "\${kind#words }" -- "$word")) ;;
  esac
  # What bash puts in stands for the last @ and what is behind it.
  if [[ $word == *@* && $COMP_WORDBREAKS == *@* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${word%@*}"}")
  fi
}
complete -F _stead stead`
}

function kindOf(offer: Offer): string {
  return typeof offer === 'string' ? offer : `words ${offer.join(' ')}`
}
