#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Verifies the bundle that this file lies in, with bash, coreutils, jq and ssh-keygen alone.
# README.md says what is checked. Exit status: 0 all good, 1 something is not, 2 it can't be done.
set -u
export LC_ALL=C
shopt -s globstar nullglob dotglob
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 2
for tool in sha256sum jq ssh-keygen base64 mktemp; do
  command -v "$tool" >/dev/null || { echo "verify.sh: $tool is missing: install it" >&2; exit 2; }
done
work=$(mktemp -d) || exit 2
trap 'rm -rf -- "$work"' EXIT
faults=0
records=0
signatures=0
decisions=0

fault () {
  printf 'NOT good: %s: %s\n' "$1" "$2"
  faults=$((faults + 1))
}

digest_of () {
  local sum
  sum=$(sha256sum) || return 1
  printf '%s' "${sum%% *}"
}

# The files are those that are listed, each with its sum, and no others.
check_files () {
  local file sum name
  if ! sha256sum --check --strict --quiet SHA256SUMS >"$work/sums" 2>&1; then
    while IFS= read -r file; do
      fault SHA256SUMS "$file"
    done <"$work/sums"
  fi
  for file in **; do
    if [ -L "$file" ]; then
      fault "$file" "is a link, not a file"
    elif [ ! -d "$file" ] && [ "$file" != SHA256SUMS ] && [ "$file" != HEADS ]; then
      printf '%s\n' "$file"
    fi
  done >"$work/there"
  cut -c 67- SHA256SUMS | sort >"$work/listed"
  while IFS= read -r file; do
    fault "$file" "is not listed in SHA256SUMS, or twice, or is missing"
  done < <(sort "$work/there" | comm -3 - "$work/listed" | tr -d '\t')
  while read -r sum name; do
    case $name in
      blobs/*) [ "$name" = "blobs/$sum" ] || fault "$name" "does not have the digest it is named by" ;;
    esac
  done <SHA256SUMS
}

# Each record has its hash, which covers the record before it; none is missing between two others.
check_chain () {
  local file=$1 n=0 previous stream='' own_n own_previous own_hash own_stream text sum name texts
  previous=$(printf '%064d' 0)
  if ! jq -r '[.n, .previous, .hash, .stream] | @tsv' "$file" >"$work/fields" 2>"$work/error" ||
      ! jq -cS '{actor, at, body, kind, n, stream}' "$file" >"$work/canonical" 2>"$work/error"; then
    fault "$file" "is not JSON lines: $(head -n 1 "$work/error")"
    return
  fi
  rm -rf -- "$work/hashed"
  mkdir -- "$work/hashed"
  while IFS=$'\t' read -r own_n own_previous own_hash own_stream <&3 && IFS= read -r text <&4; do
    printf -v name '%010d' "$n"
    printf '%s%s' "$own_previous" "$text" >"$work/hashed/$name"
    n=$((n + 1))
  done 3<"$work/fields" 4<"$work/canonical"
  texts=("$work"/hashed/*)
  for ((name = 0; name < n; name += 1000)); do
    sha256sum -- "${texts[@]:name:1000}"
  done >"$work/hashes"
  n=0
  while IFS=$'\t' read -r own_n own_previous own_hash own_stream <&3 && read -r sum name <&4; do
    [ -n "$stream" ] || stream=$own_stream
    [ "$own_stream" = "$stream" ] || fault "$file" "record $n belongs to another stream"
    [ "$own_n" = "$n" ] || fault "$file" "record $n is missing; what stands there is record $own_n"
    [ "$own_previous" = "$previous" ] || fault "$file" "record $n does not follow the one before it"
    [ "$sum" = "$own_hash" ] || fault "$file" "record $n does not have its hash"
    previous=$own_hash
    n=$((n + 1))
  done 3<"$work/fields" 4<"$work/hashes"
  printf '%s  %d  %s\n' "$previous" "$n" "$stream" >>"$work/heads"
  records=$((records + n))
}

# HEADS says what the last record of each stream is, and covers SHA256SUMS, which covers the rest.
check_heads () {
  local file
  printf '%s  SHA256SUMS\n' "$(digest_of <SHA256SUMS)" >"$work/heads"
  for file in records/*; do
    check_chain "$file"
  done
  [ "$(digest_of <HEADS)" = "$(digest_of <"$work/heads")" ] ||
    fault HEADS "the record ends elsewhere, or SHA256SUMS is another than was exported"
}

# What records name by a digest is here.
check_named () {
  local name
  cut -c -64 SHA256SUMS | sort -u >"$work/have"
  while IFS= read -r name; do
    fault blobs "what a record names by $name is missing"
  done < <(jq -r '.body | .. | objects | .output, .envelope, .runbook, .source, .handwriting | strings
                  | select (test ("^[0-9a-f]{64}$"))' records/* | sort -u | comm -23 - "$work/have")
  [ "$(jq -rs '.[0].body.runbook' records/deployment.jsonl)" = "$(digest_of <runbook.md)" ] ||
    fault runbook.md "is not the runbook that the deployment was opened with"
  [ ! -e records/watch.jsonl ] ||
    [ "$(jq -rs '.[0].stream' records/watch.jsonl)" = "watch/$(jq -rs '.[0].stream' records/deployment.jsonl)" ] ||
    fault records/watch.jsonl "is about another deployment"
}

# The keys are those that were recorded, each with its times; and who decided or signed something
# was someone who may: rules.jq tells.
check_rights () {
  local line
  : >"$work/signers"
  if ! jq -rs --rawfile roles roles -f rules.jq /dev/null records/people* records/policy* \
      records/deployment.jsonl records/watch* >"$work/rights" 2>"$work/error"; then
    fault rules.jq "can't judge the records: $(head -n 1 "$work/error")"
    return
  fi
  while IFS= read -r line; do
    case $line in
      "signer: "*) printf '%s\n' "${line#signer: }" >>"$work/signers" ;;
      "fault: "*) fault "${line%%: record*}" "${line#*: record }" ;;
    esac
  done <"$work/rights"
  while IFS= read -r line; do
    case $line in
      $'\t'*) fault allowed_signers "this line is missing: ${line#?}" ;;
      *) fault allowed_signers "the record of people has no such key: $line" ;;
    esac
  done < <(comm -3 <(sort allowed_signers) <(sort "$work/signers"))
}

# The times at which the records of a stream count: none is older than what it follows.
list_times () {
  jq -rs 'foreach .[] as $record (0; [., $record.at] | max;
    "\($record.n) \(. / 1000000 | floor | strftime ("%Y%m%d%H%M%SZ"))")' "$1"
}

# DSSE: what is signed is the pre-authentication encoding of the payload.
is_signed () {
  local type=application/vnd.in-toto+json
  { printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$work/payload")"; cat "$work/payload"; } |
    ssh-keygen -Y verify -f allowed_signers -I "$1" -n "$2" -s "$work/sig" \
      -O verify-time="$3" >"$work/said" 2>&1
}

# What was decided about people, policies, the deployment and its watch carries its proof: a statement over the
# record's own place, which says what the record says. One line for each: the record's number, who
# decided, the statement, the signature, and what is wrong with them.
list_decrees () {
  jq -r '
    . as $record | .body as $b | select ($b.decree)
    | if $b.decree.payloadType != "application/vnd.in-toto+json" or ($b.decree.signatures | length) != 1
      then [.n, "", "", "", "is not one statement with one signature"]
      else (try ($b.decree.payload | @base64d | fromjson) catch null) as $s | $s.predicate as $p
        | [.n, $p.by // "", $b.decree.payload, $b.decree.signatures[0].sig,
           if $s == null then "is not one statement with one signature"
           elif $s.predicateType != "https://countersign.github.io/decree/v1" or
                [$s.subject[] | [.name, .digest.sha256]] != [[$record.stream, $record.previous]] or
                $p.kind != $record.kind
           then "was signed for another place"
           elif $p.by != $b.by or $p.key != $b["key-used"] or
                $p.content != ($b | del (.by, .decree, .["key-used"]))
           then "says something else than what was signed"
           else "" end]
      end | map (if . == "" then "-" else . end) | @tsv' "$1"
}

check_decree () {
  local file=$1 n=$2 by=$3 difference=$6 at=$7
  [ "$difference" = - ] || fault "$file" "record $n $difference"
  if ! base64 -d <<<"$4" >"$work/payload" 2>/dev/null || ! base64 -d <<<"$5" >"$work/sig" 2>/dev/null; then
    [ "$difference" != - ] || fault "$file" "record $n is not one statement with one signature"
    return
  fi
  printf -v by '%b' "$by"
  is_signed "$by" decree@countersign "$at" ||
    fault "$file" "record $n: the signature is not good: $(head -n 1 "$work/said")"
}

check_decrees () {
  local file n by payload sig difference
  local -A times
  for file in records/people.jsonl records/policy.jsonl records/deployment.jsonl records/watch.jsonl; do
    [ -e "$file" ] || continue
    times=()
    while read -r n at; do
      times[$n]=$at
    done < <(list_times "$file")
    if ! list_decrees "$file" >"$work/decrees" 2>"$work/error"; then
      fault "$file" "its decisions can't be read: $(head -n 1 "$work/error")"
    fi
    while IFS=$'\t' read -r n by payload sig difference; do
      check_decree "$file" "$n" "$by" "$payload" "$sig" "$difference" "${times[$n]:-}"
      decisions=$((decisions + 1))
    done <"$work/decrees"
  done
}

# What a signature covers is what the record says: runbook, state of the record, commands, decision.
# Four lines: who signed, the digest that the manifest is to have, what is wrong, and the commands.
describe_signature () {
  jq -r --argjson record "$1" --arg runbook "$runbook" '
      if .payloadType != "application/vnd.in-toto+json" or (.signatures | length) != 1
      then error ("no")
      else (.payload | @base64d | fromjson) as $s | $s.predicate as $p | $record.body as $b
      | ([$s.subject[] | {(.name): .digest.sha256}] | add) as $covers
      | ($p.signer, $covers.manifest,
         if $covers.runbook != $runbook then "it covers another runbook"
         elif $covers.head != $record.previous then "it covers another state of the record"
         elif "deployment/" + $p.deployment != $record.stream then "it is about another deployment"
         elif [$p.field, $p.role, $p.signer, $p.key, $p.decision, $p.comment, $p.handwriting]
           != [$b.field, $b.role, $b.signer, $b.key, $b.decision, $b.comment, $b.handwriting]
         then "the record says something else than what was signed"
         else "" end,
         $p.commands[]), .payload, .signatures[0].sig
      end | tostring' "$2" 2>/dev/null
}

check_signature () {
  local n=$1 envelope=$2 at=$3 file=envelopes/$1.json lines manifest line
  if [ "$(digest_of <"$file")" != "$envelope" ]; then
    fault "$file" "is not the envelope that record $n names"
    return
  fi
  if ! describe_signature "$4" "$file" >"$work/described"; then
    fault "$file" "is not one statement with one signature"
    return
  fi
  mapfile -t lines <"$work/described"
  if ! base64 -d <<<"${lines[-2]}" >"$work/payload" || ! base64 -d <<<"${lines[-1]}" >"$work/sig"; then
    fault "$file" "is not one statement with one signature"
    return
  fi
  manifest=$(for line in "${lines[@]:3:${#lines[@]}-5}"; do printf '%s\n' "$line"; done | digest_of)
  if [ -n "${lines[2]}" ]; then
    fault "$file" "${lines[2]}"
  elif [ "$manifest" != "${lines[1]}" ]; then
    fault "$file" "it covers other commands than it lists"
  fi
  is_signed "${lines[0]}" signoff@countersign "$at" ||
    fault "$file" "the signature is not good: $(head -n 1 "$work/said")"
  signatures=$((signatures + 1))
}

check_signatures () {
  local n envelope at record runbook
  local -A times
  runbook=$(digest_of <runbook.md)
  while read -r n at; do
    times[$n]=$at
  done < <(list_times records/deployment.jsonl)
  jq -c 'select (.kind == "signed")' records/deployment.jsonl >"$work/lines"
  jq -r 'select (.kind == "signed") | "\(.n) \(.body.envelope)"' records/deployment.jsonl >"$work/names"
  while IFS= read -r record <&3 && read -r n envelope <&4; do
    check_signature "$n" "$envelope" "${times[$n]:-}" "$record"
  done 3<"$work/lines" 4<"$work/names"
  set -- envelopes/*
  [ "$signatures" = "$#" ] ||
    fault envelopes "there are more or fewer envelopes than good records of signatures"
}

check_files
check_heads
check_named
check_rights
check_decrees
check_signatures
if [ "$faults" -gt 0 ]; then
  echo "NOT good; faults: $faults"
  exit 1
fi
echo "All good: $(wc -l <SHA256SUMS) files, $records records, $signatures signatures, $decisions decisions"
echo "SHA-256 of HEADS: $(digest_of <HEADS)"
