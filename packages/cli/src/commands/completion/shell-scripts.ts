/** Shells that have a completion script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of the shells. */
export type Shell = (typeof SHELLS)[number];

/** The scripts hold no knowledge of the commands: each asks `m2m complete` with the words typed so far. */
export const SHELL_SCRIPTS: { readonly [shell in Shell]: string } = {
  bash: [
    '_m2m() {',
    "  local IFS=$'\\n'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion.
    '  COMPREPLY=($(m2m complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))',
    '}',
    'complete -F _m2m m2m',
  ].join('\n'),
  zsh: [
    '#compdef m2m',
    '_m2m() {',
    '  local -a candidates',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion.
    '  candidates=("${(@f)$(m2m complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")',
    '  compadd -a candidates',
    '}',
    'compdef _m2m m2m',
  ].join('\n'),
  fish: [
    'complete -c m2m -f -a',
    '"(m2m complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)"',
  ].join(' '),
};
