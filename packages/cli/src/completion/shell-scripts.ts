/** Shells that have a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of the shells. */
export type Shell = (typeof SHELLS)[number];

// Bash splits words at ":" and "=" too, and takes only what comes after the last of them: `custom:r`, `--env=l`.
// The script puts such words together again, and takes off the candidates what bash has already.
const BASH = String.raw`_m2m() {
  local IFS=$'\n' line=$COMP_LINE breaks= word= candidate position=0 i
  local -a words=()
  for ((i = 0; i < \${#COMP_WORDS[@]}; i++)); do
    if [[ $i -eq 0 || $line == [[:space:]]* ]]; then words+=(''); fi
    line=\${line#"\${line%%[![:space:]]*}"}
    line=\${line#"\${COMP_WORDS[i]}"}
    words[\${#words[@]}-1]+=\${COMP_WORDS[i]}
    if [[ $i -eq $COMP_CWORD ]]; then position=$((\${#words[@]} - 1)); fi
  done
  word=\${words[position]}
  for candidate in : =; do
    if [[ $COMP_WORDBREAKS == *$candidate* ]]; then breaks+=$candidate; fi
  done
  if [[ -n $breaks ]]; then word=\${word%"\${word##*[$breaks]}"}; else word=; fi
  COMPREPLY=()
  for candidate in $(m2m complete --at $((position - 1)) -- "\${words[@]:1}" 2>/dev/null); do
    COMPREPLY+=("\${candidate#"$word"}")
  done
}
complete -F _m2m m2m`.replaceAll('\\$', '$');

const ZSH = String.raw`#compdef m2m
_m2m() {
  local -a candidates
  candidates=("\${(@f)$(m2m complete --at $((CURRENT - 2)) -- "\${(@)words[2,-1]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _m2m m2m`.replaceAll('\\$', '$');

const FISH = `function __m2m_complete
  set -l before (commandline -opc)[2..]
  set -l current (commandline -ct)
  set -l all (commandline -op)[2..]
  set -l first (math (count $before) + 1)
  test -n "$current"; and set first (math $first + 1)
  set -l after
  test (count $all) -ge $first; and set after $all[$first..-1]
  m2m complete --at (count $before) -- $before "$current" $after 2>/dev/null
end
complete -c m2m -f -a "(__m2m_complete)"`;

/** The scripts hold no knowledge of the commands: each asks `m2m complete` with the words of the line. */
export const SHELL_SCRIPTS: { readonly [shell in Shell]: string } = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
};
