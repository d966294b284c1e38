import { type Offer, type OptionWords, quoted, type VerbWords } from './line-words.ts'

/** A script for fish, complete(1). */
export function fishScript(verbs: readonly VerbWords[]): string {
  const rows = verbs.flatMap(({ name, about, options, offers, goesOn }) => [
    `complete -c stead -n '__stead_at 0' -a ${name} -d ${quoted(about)}`,
    ...options.map((option) => optionRow(name, option)),
    ...offers.flatMap((offer, at) => {
      const last = goesOn && at === offers.length - 1
      const words = wordsOf(offer)
      if (words === null) return []
      const condition = `__stead_verb ${name}; and __stead_at ${last ? '-ge ' : ''}${at + 1}`
      return [`complete -c stead -n ${quoted(condition)} ${words}`]
    }),
  ])
  return `# stead completion fish | source
set -g __stead_valued ${valuedFlags(verbs).join(' ')}
# The words behind stead that are no options, nor values of options.
function __stead_words
  set -l skip 0
  for word in (commandline -opc)[2..]
    if test $skip = 1
      set skip 0
    else if contains -- $word $__stead_valued
      set skip 1
    else if not string match -q -- '-*' $word
      echo $word
    end
  end
end
# Whether so many of them stand before the one that is written; with -ge, at least so many.
function __stead_at
  set -l count (count (__stead_words))
  if test "$argv[1]" = -ge
    test $count -ge $argv[2]
  else
    test $count -eq $argv[1]
  end
end
function __stead_verb
  set -l words (__stead_words)
  test "$words[1]" = $argv[1]
end
# Services where the user says that they are.
function __stead_names
  set -l tokens (commandline -opc)
  set -l where
  for flag in --home --scope
    if set -l at (contains -i -- $flag $tokens)
      set -a where $flag $tokens[(math $at + 1)]
    end
  end
  stead names $argv $where 2>/dev/null
end
# Of the service that is named first.
function __stead_parameters
  # Behind the = stands a value.
  string match -q '*=*' -- (commandline -ct); and return
  set -l words (__stead_words)
  __stead_names --parameters $words[2]
end
complete -c stead -f
# Behind it stands a command of the user's.
complete -c stead -n 'contains -- -- (commandline -opc)' -F
${rows.join('\n')}`
}

function optionRow(verb: string, { flags, about, value }: OptionWords): string {
  const written = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  )
  const taken = value === null ? '' : ` -x${value === 'none' ? '' : ` ${wordsOf(value)}`}`
  const files = value === 'files' ? ' -r -F' : taken
  return `complete -c stead -n '__stead_verb ${verb}' ${written.join(' ')} -d ${quoted(about)}${files}`
}

function wordsOf(offer: Offer): string | null {
  if (typeof offer !== 'string') return `-a ${quoted(offer.join(' '))}`
  switch (offer) {
    case 'names':
    case 'services':
      return `-a '(__stead_names --${offer})'`
    case 'parameters':
      return "-a '(__stead_parameters)'"
    case 'files':
      return '-F'
    case 'directories':
      return "-a '(__fish_complete_directories)'"
    case 'none':
      return null
  }
}

/** A flag that takes a value with one verb and none with another is taken for one that does not. */
function valuedFlags(verbs: readonly VerbWords[]): readonly string[] {
  const all = verbs.flatMap(({ options }) => options)
  const bare = new Set(all.flatMap(({ flags, value }) => (value === null ? flags : [])))
  const valued = new Set(all.flatMap(({ flags, value }) => (value === null ? [] : flags)))
  return [...valued].filter((flag) => !bare.has(flag))
}
