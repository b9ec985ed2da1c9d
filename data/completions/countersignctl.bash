# SPDX-License-Identifier: GPL-3.0-or-later
# bash: completes countersignctl by asking it. Nothing to offer: names of files, as bash does.

_countersignctl () {
  local IFS=$'\n' line
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")

  COMPREPLY=()
  while read -r line; do
    if [[ $line == :files ]]; then
      mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
      compopt -o filenames
      return
    fi
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2>/dev/null)
}

complete -o default -F _countersignctl countersignctl
