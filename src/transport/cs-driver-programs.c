/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of the shell programs that a session sends to a target; cs-driver.c tells how they
 * work together. */

#include "cs-driver-programs.h"

/* Every request begins with this: where a run's files are, and ways to answer. */
const char cs_driver_program_head[] =
  "[ -n \"$spool\" ] || spool=${XDG_STATE_HOME:-$HOME/.local/state}/countersign/runs\n"
  "d=$spool/$id\n"
  "umask 077\n"
  "answer () { trap '' PIPE; printf '%s\\n' \"$1\" >&3; trap - PIPE; }\n"
  "refuse () { answer \"refused $1\"; exit 1; }\n"
  "nap () { sleep 0.1 2>/dev/null || sleep 1; }\n"
  "open_spool () {\n"
  "  [ -d \"$spool\" ] || e=$(mkdir -p \"$spool\" 2>&1) || refuse \"$e\"\n"
  "}\n"
  /* 0: ours now; else it exists, or can't be made. `true`, for `:` would end the shell. */
  "claim () {\n"
  "  set -C\n"
  "  if { true >\"$d.claim\"; } 2>/dev/null; then set +C; return 0; fi\n"
  "  set +C\n"
  "  [ -e \"$d.claim\" ] || refuse \"$spool can't be written\"\n"
  "  return 1\n"
  "}\n"
  /* A process is named by its id, the boot, and when it started: no other is mistaken for it. */
  "identify () {\n"
  "  boot_now=-\n"
  "  { read -r boot_now </proc/sys/kernel/random/boot_id; } 2>/dev/null\n"
  "  since_now=-\n"
  "  if { read -r stat <\"/proc/$1/stat\"; } 2>/dev/null; then\n"
  "    set -- ${stat##*) }\n"
  "    since_now=${20}\n"
  "  fi\n"
  "}\n"
  "alive () {\n"
  "  kill -0 \"$p\" 2>/dev/null || return 1\n"
  "  identify \"$p\"\n"
  "  [ \"$boot_now $since_now\" = \"$boot $since\" ]\n"
  "}\n"
  /* Which spool this is: its own name, and the machine's. Another home, a machine that was set up
   * anew or one that took over the name has another one. */
  "locate () {\n"
  "  here= machine=-\n"
  "  { read -r here <\"$spool/identity\"; read -r machine </etc/machine-id; } 2>/dev/null\n"
  "  here=$here.$machine\n"
  "}\n"
  /* TERM to the script's process group, KILL after 5 s to what is left of it. */
  "halt () {\n"
  "  n=0\n"
  "  until [ -s \"$d.pid\" ] || [ -s \"$d.end\" ] || [ \"$n\" -ge 50 ]; do\n"
  "    nap; n=$((n + 1))\n"
  "  done\n"
  "  [ -s \"$d.pid\" ] && [ ! -s \"$d.end\" ] || return 0\n"
  "  [ -s \"$d.ending\" ] || printf '%s\\n' \"$1\" >\"$d.ending\"\n"
  "  read -r p <\"$d.pid\"\n"
  "  group=-$p\n"
  "  kill -s TERM -- \"$group\" 2>/dev/null || { group=$p; kill -s TERM \"$p\" 2>/dev/null; }\n"
  "  n=0\n"
  "  while [ \"$n\" -lt 50 ] && kill -s 0 -- \"$group\" 2>/dev/null; do nap; n=$((n + 1)); done\n"
  "  kill -s KILL -- \"$group\" 2>/dev/null\n"
  "}\n"
  /* Waits for a script's time to be over. It outlives this program and the connection. The runner
   * ends it when the script has ended, and from when it halts the script it ends by itself. */
  "watch () {\n"
  "  exec </dev/null >/dev/null 2>&1 3>&-\n"
  "  trap '' HUP INT\n"
  "  trap 'kill -s KILL $!; exit' TERM\n"
  "  while [ \"$timeout\" -gt 0 ]; do\n"
  "    slice=60\n"
  "    [ \"$timeout\" -gt \"$slice\" ] || slice=$timeout\n"
  "    sleep \"$slice\" &\n"
  "    wait \"$!\"\n"
  "    timeout=$((timeout - slice))\n"
  "  done\n"
  "  trap '' TERM\n"
  "  halt timed-out\n"
  "  n=0\n"
  "  until [ -s \"$d.end\" ] || [ \"$n\" -ge 50 ]; do nap; n=$((n + 1)); done\n"
  "}\n";

/* The first request of a session: makes the spool, says which it is, and sweeps what a program that
 * died has left there and nobody has asked for in a month. The claims of what ran stay, so that a
 * run is never said not to have started. */
const char cs_driver_program_greet[] =
  "open_spool\n"
  "[ -s \"$spool/identity\" ] || {\n"
  "  { printf '%s\\n' \"$id\" >\"$d.new\" && ln \"$d.new\" \"$spool/identity\"; } 2>/dev/null\n"
  "  rm -f \"$d.new\"\n"
  "}\n"
  "locate\n"
  "case $here in .*) refuse \"$spool can't be written: is the disk full?\";; esac\n"
  "answer \"here $here\"\n"
  "exec 3>&- 2>/dev/null\n"
  "find \"$spool\" -name '*.claim' -mtime +30 | while IFS= read -r f; do\n"
  "  d=${f%.claim}\n"
  "  read -r kind p boot since rest <\"$f\"\n"
  "  if [ \"$kind\" = run ] && alive; then continue; fi\n"
  "  [ -z \"$(find \"$d.out\" -mtime -30)\" ] || continue\n"
  "  [ \"$kind\" = run ] || rm -f \"$f\"\n"
  "  rm -f \"$d.script\" \"$d.start\" \"$d.body\" \"$d.state\" \"$d.pid\" \"$d.out\" \"$d.ending\" "
  "\"$d.end\"\n"
  "done\n";

const char cs_driver_program_run[] =
  "[ -z \"$cwd\" ] || cd -- \"$cwd\" 2>/dev/null || { answer missing; exit 1; }\n"
  "locate\n"
  "[ -z \"$place\" ] || [ \"$here\" = \"$place\" ] || { answer moved; exit 1; }\n"
  "open_spool\n"
  "claim || { answer conflict; exit 1; }\n"
  "identify \"$$\"\n"
  "[ \"$shell\" = bash ] || { body=$start start='exec sh \"$d.body\" \"$d\"'; }\n"
  "[ -z \"$secrets\" ] || start='eval \"$__cs_x\"; unset __cs_x\n'$start\n"
  /* One write: a recovery that reads the claim sees all of it or nothing. */
  "who=\"$$ $boot_now $since_now $nonce_a $nonce_b\"\n"
  "{ printf 'run %s\\n' \"$who\" >\"$d.claim\" &&\n"
  "  printf '%s' \"$script\" >\"$d.script\" && printf '%s' \"$start\" >\"$d.start\" &&\n"
  "  { [ -z \"$body\" ] || printf '%s' \"$body\" >\"$d.body\"; } &&\n"
  "  true >\"$d.state\" && true >\"$d.pid\"; } 2>/dev/null ||\n"
  "  { rm -f \"$d\".*; refuse \"$spool can't be written: is the disk full?\"; }\n"
  "answer started\n"
  "m=$mark_a$nonce_a$nonce_b$mark_b\n"
  "printf '%s\\n%s\\n' \"$d\" \"$secrets\"\n"
  "w=-\n"
  "[ \"$timeout\" -eq 0 ] || { watch & w=$!; }\n"
  "printf '%s %s %s %s\\n%s\\n' \"$m\" \"$report_mark\" \"$shell\" \"$w\" \"$d\"\n";

const char cs_driver_program_recover[] =
  "open_spool\n"
  "if claim; then\n"
  "  { printf 'void\\n' >\"$d.claim\"; } 2>/dev/null ||\n"
  "    { rm -f \"$d\".*; refuse \"$spool can't be written\"; }\n"
  "fi\n"
  "n=0\n"
  "until [ -s \"$d.claim\" ] || [ \"$n\" -ge 20 ]; do nap; n=$((n + 1)); done\n"
  "kind=\n"
  "read -r kind p boot since nonce_a nonce_b <\"$d.claim\"\n"
  "case $kind in\n"
  "run) ;;\n"
  "void)\n"
  "  locate\n"
  "  [ -z \"$place\" ] || [ \"$here\" = \"$place\" ] || { answer elsewhere; exit; }\n"
  "  answer absent; exit ;;\n"
  "*) answer gone; exit ;;\n"
  "esac\n"
  "while [ ! -e \"$d.out\" ] && alive; do nap; done\n"
  "[ -e \"$d.out\" ] || { answer gone; exit; }\n"
  "m=$mark_a$nonce_a$nonce_b$mark_b\n"
  "answer \"following $nonce_a$nonce_b\"\n"
  "exec 4<\"$d.out\" >&3\n"
  "size= quiet=0 told=\n"
  "while :; do\n"
  "  a=1\n"
  "  alive || a=\n"
  "  z=\n"
  "  [ ! -s \"$d.end\" ] || z=1\n"
  "  if [ -n \"$z\" ] && [ -z \"$told\" ]; then\n"
  "    told=1\n"
  "    read -r s e f <\"$d.end\"\n"
  "    [ \"$f\" != 1 ] || { printf '%s' \"$m\"; cat \"$d.state\"; printf '%s' \"$m\"; } >&2\n"
  "  fi\n"
  "  cat <&4 || exit\n"
  /* The trailer follows in the output, unless the disk was full or the limit reached: then nothing
   * moves any more. */
  "  if [ -n \"$z\" ]; then\n"
  "    now=$(wc -c <\"$d.out\")\n"
  "    if [ \"$now\" = \"$size\" ]; then quiet=$((quiet + 1)); else quiet=0; fi\n"
  "    size=$now\n"
  "    [ \"$quiet\" -lt 20 ] ||\n"
  "      { printf '%s%s %s %s short\\n' \"$m\" \"$s\" \"$e\" \"$f\"; exit; }\n"
  "  elif [ -z \"$a\" ]; then\n"
  "    printf '%sgone\\n' \"$m\"\n"
  "    exit\n"
  "  fi\n"
  "  nap\n"
  "done\n";

const char cs_driver_program_stop[] =
  "halt \"$ending\"\n"
  "answer ok\n";

const char cs_driver_program_forget[] =
  "e=$(rm -f \"$d\".* 2>&1) || refuse \"$e\"\n"
  "answer ok\n";
