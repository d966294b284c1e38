import { type Offer, quoted, type VerbWords, valuesOf } from './line-words.ts'

/** A script for zsh, zshcompsys(1): to be sourced, or a file `_stead` in a directory of `fpath`. */
export function zshScript(verbs: readonly VerbWords[]): string {
  const rows = verbs.map(({ name, about }) => `    ${described(name, about)}`)
  const cases = verbs.map(({ name, options, offers, goesOn }) => {
    const flags = options.flatMap((option) =>
      option.flags.map((flag) => described(flag, option.about)),
    )
    const valued = options.flatMap((option) => (option.value === null ? [] : option.flags))
    return `    ${name})
      options=(${flags.join(' ')})
      valued=(${valued.join(' ')}) offers=(${offers.map(kindOf).map(quoted).join(' ')}) more=${goesOn ? 1 : 0} ;;`
  })
  const values = [...valuesOf(verbs)].map(
    ([flag, value]) => `      ${flag}) kind=${quoted(kindOf(value))} ;;`,
  )
  return `#compdef stead
# source <(stead completion zsh)
_stead() {
  local -a verbs options valued offers where
  local kind=none more=0 at=1 i name word=$words[CURRENT]
  verbs=(
${rows.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi
  case $words[2] in
${cases.join('\n')}
    *) return 1 ;;
  esac
  for (( i = 3; i < CURRENT; i++ )); do
    case $words[i] in
      --) _files; return ;;
      --home|--scope) where+=($words[i] $words[i+1]); (( i++ )) ;;
      -*) (( $valued[(Ie)$words[i]] )) && (( i++ )) ;;
      *) (( at++ == 1 )) && name=$words[i] ;;
    esac
  done
  if (( i > CURRENT )); then
    case $words[CURRENT-1] in
${values.join('\n')}
    esac
  elif [[ $word == -* ]]; then
    _describe 'option' options
    return
  else
    (( more && at > $#offers )) && at=$#offers
    kind=\${offers[at]:-none}
  fi
  case $kind in
    names|services) compadd -- \${(f)"$(stead names --$kind $where 2>/dev/null)"} ;;
    parameters) [[ $word == *=* ]] || compadd -S '' -- \${(f)"$(stead names --parameters $name $where 2>/dev/null)"} ;;
    files) _files ;;
    directories) _files -/ ;;
    words*) compadd -- \${=kind#words } ;;
  esac
}
if [[ $funcstack[1] == _stead ]]; then _stead "$@"; else compdef _stead stead; fi`
}

/** As _describe takes it: a colon ends the word. */
function described(word: string, about: string): string {
  return quoted(`${word.replaceAll(':', '\\\\:')}:${about.replaceAll(':', ' -')}`)
}

function kindOf(offer: Offer): string {
  return typeof offer === 'string' ? offer : `words ${offer.join(' ')}`
}
