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
  local file=$1 n=0 previous stream='' own_n own_previous own_hash own_stream text
  previous=$(printf '%064d' 0)
  if ! jq -r '[.n, .previous, .hash, .stream] | @tsv' "$file" >"$work/fields" 2>"$work/error" ||
      ! jq -cS '{actor, at, body, kind, n, stream}' "$file" >"$work/canonical" 2>"$work/error"; then
    fault "$file" "is not JSON lines: $(head -n 1 "$work/error")"
    return
  fi
  while IFS=$'\t' read -r own_n own_previous own_hash own_stream <&3 && IFS= read -r text <&4; do
    [ -n "$stream" ] || stream=$own_stream
    [ "$own_stream" = "$stream" ] || fault "$file" "record $n belongs to another stream"
    [ "$own_n" = "$n" ] || fault "$file" "record $n is missing; what stands there is record $own_n"
    [ "$own_previous" = "$previous" ] || fault "$file" "record $n does not follow the one before it"
    [ "$(printf '%s%s' "$own_previous" "$text" | digest_of)" = "$own_hash" ] ||
      fault "$file" "record $n does not have its hash"
    previous=$own_hash
    n=$((n + 1))
  done 3<"$work/fields" 4<"$work/canonical"
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
}

# The keys are those that were recorded, each with its times; and who decided or signed something
# was someone who may: rules.jq tells.
check_rights () {
  local line
  : >"$work/signers"
  if ! jq -rs --rawfile roles roles -f rules.jq /dev/null records/people* records/policy* \
      records/deployment.jsonl >"$work/rights" 2>"$work/error"; then
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

# What was decided about people, policies and the deployment carries its proof: a statement over the
# record's own place, which says what the record says.
check_decree () {
  local file=$1 record=$2 at=$3 difference by
  if ! jq -j '.body.decree | select (.payloadType == "application/vnd.in-toto+json"
                                     and (.signatures | length) == 1).payload' <<<"$record" |
      base64 -d >"$work/payload" || [ ! -s "$work/payload" ] ||
      ! jq -r '.body.decree.signatures[0].sig' <<<"$record" | base64 -d >"$work/sig"; then
    fault "$file" "record $(jq -r .n <<<"$record") is not one statement with one signature"
    return
  fi
  difference=$(jq -rn --argjson record "$record" --slurpfile statements "$work/payload" '
    $statements[0] as $s | $s.predicate as $p | $record.body as $b
    | if $s.predicateType != "https://countersign.github.io/decree/v1" or
         [$s.subject[] | [.name, .digest.sha256]] != [[$record.stream, $record.previous]] or
         $p.kind != $record.kind
      then "was signed for another place"
      elif $p.by != $b.by or $p.key != $b["key-used"] or
           $p.content != ($b | del (.by, .decree, .["key-used"]))
      then "says something else than what was signed"
      else empty end' 2>&1)
  [ -z "$difference" ] || fault "$file" "record $(jq -r .n <<<"$record") $difference"
  by=$(jq -r .predicate.by "$work/payload")
  is_signed "$by" decree@countersign "$at" ||
    fault "$file" "record $(jq -r .n <<<"$record"): the signature is not good: $(head -n 1 "$work/said")"
}

check_decrees () {
  local file record n at
  for file in records/people.jsonl records/policy.jsonl records/deployment.jsonl; do
    [ -e "$file" ] || continue
    list_times "$file" >"$work/times"
    jq -c . "$file" >"$work/lines"
    while IFS= read -r record <&3 && read -r n at <&4; do
      case $record in
        *'"decree":'*) check_decree "$file" "$record" "$at"; decisions=$((decisions + 1)) ;;
      esac
    done 3<"$work/lines" 4<"$work/times"
  done
}

# What a signature covers is what the record says: runbook, state of the record, commands, decision.
find_difference () {
  jq -rn --argjson record "$1" --slurpfile statements "$work/payload" \
    --arg manifest "$(jq -r '.predicate.commands[]' "$work/payload" | digest_of)" \
    --arg runbook "$(digest_of <runbook.md)" '
      $statements[0] as $s | $s.predicate as $p | $record.body as $b
      | ([$s.subject[] | {(.name): .digest.sha256}] | add) as $covers
      | if $covers.runbook != $runbook then "it covers another runbook"
        elif $covers.head != $record.previous then "it covers another state of the record"
        elif $covers.manifest != $manifest then "it covers other commands than it lists"
        elif "deployment/" + $p.deployment != $record.stream then "it is about another deployment"
        elif [$p.field, $p.role, $p.signer, $p.key, $p.decision, $p.comment, $p.handwriting]
          != [$b.field, $b.role, $b.signer, $b.key, $b.decision, $b.comment, $b.handwriting]
        then "the record says something else than what was signed"
        else empty end' 2>&1
}

check_signature () {
  local record=$1 at=$2 n signer file type difference
  n=$(jq -r .n <<<"$record")
  file=envelopes/$n.json
  if [ "$(digest_of <"$file")" != "$(jq -r .body.envelope <<<"$record")" ]; then
    fault "$file" "is not the envelope that record $n names"
    return
  fi
  type=$(jq -r 'select (.signatures | length == 1).payloadType' "$file")
  if [ "$type" != application/vnd.in-toto+json ] ||
      ! jq -r .payload "$file" | base64 -d >"$work/payload" ||
      ! jq -r '.signatures[0].sig' "$file" | base64 -d >"$work/sig"; then
    fault "$file" "is not one statement with one signature"
    return
  fi
  difference=$(find_difference "$record")
  [ -z "$difference" ] || fault "$file" "$difference"
  signer=$(jq -r .predicate.signer "$work/payload")
  is_signed "$signer" signoff@countersign "$at" ||
    fault "$file" "the signature is not good: $(head -n 1 "$work/said")"
  signatures=$((signatures + 1))
}

check_signatures () {
  local record n at
  list_times records/deployment.jsonl >"$work/times"
  jq -c . records/deployment.jsonl >"$work/lines"
  while IFS= read -r record <&3 && read -r n at <&4; do
    case $record in
      *'"kind":"signed"'*) check_signature "$record" "$at" ;;
    esac
  done 3<"$work/lines" 4<"$work/times"
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
