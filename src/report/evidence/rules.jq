# SPDX-License-Identifier: GPL-3.0-or-later
# Who may decide and sign what. Input: the records of people, policy, deployment and watch, as one list;
# $roles: the file "roles". Output: lines "signer: ..." as allowed_signers must have them, and lines
# "fault: ..." for what was not done by someone who may. Signatures are verified elsewhere.

def second: . / 1000000 | floor | strftime ("%Y%m%d%H%M%SZ");

# No record counts as older than what it follows, whatever time it says.
def in_order: [foreach .[] as $record (0; [., $record.at] | max; . as $at | $record + {at: $at})];

def fault($record; $words):
  .faults += ["\($record.stream): record \($record.n) counts for nothing: \($words)"];

def holds($id; $role): .people[$id] != null and
  any (.people[$id].roles[]; .role == $role and .to == null);
def can_sign($id): .people[$id] != null and any (.people[$id].keys[]; .to == null);
def is_manager($id): holds ($id; "manager") and can_sign ($id);
def is_last_manager($id): . as $state
  | is_manager ($id) and ([.people | keys[] | select (. as $other | $state | is_manager ($other))]
                          | length == 1);
def is_known_key($key): any (.people[].keys[]; .key == $key);
def held($id; $role; $at): .people[$id] != null and
  any (.people[$id].roles[]; .role == $role and .from <= $at and (.to == null or $at < .to));

def person_added($record): $record.body as $b
  | if .people[$b.id] != null or is_known_key ($b.key) then fault ($record; "it is known already")
    elif $b.decree != null and (is_manager ($b.by) | not) then fault ($record; "\($b.by) is no manager")
    else .people[$b.id] = {keys: [{key: $b.key, from: $record.at, to: null}], roles: []} end;

def key_added($record): $record.body as $b
  | if .people[$b.id] == null or is_known_key ($b.key) then fault ($record; "it makes no sense")
    elif $b.decree == null and .founded != null then fault ($record; "nobody has signed it")
    elif $b.decree != null and $b.by != $b.id and (is_manager ($b.by) | not)
    then fault ($record; "\($b.by) is no manager")
    else .people[$b.id].keys += [{key: $b.key, from: $record.at, to: null}] end;

def key_retired($record): $record.body as $b
  | if .people[$b.id] == null or
       (any (.people[$b.id].keys[]; .key == $b.key and .to == null) | not)
    then fault ($record; "there is no such key")
    elif $b.by != $b.id and (is_manager ($b.by) | not) then fault ($record; "\($b.by) is no manager")
    elif is_last_manager ($b.id) and ([.people[$b.id].keys[] | select (.to == null)] | length) == 1
    then fault ($record; "nobody would be manager")
    else .people[$b.id].keys |= map (if .key == $b.key then .to = $record.at else . end) end;

def role_granted($record; $role): $record.body as $b
  | if .people[$b.id] == null or holds ($b.id; $role) then fault ($record; "it makes no sense")
    elif is_manager ($b.by) or (.founded == null and $b.by == $b.id and $role == "manager")
    then .people[$b.id].roles += [{role: $role, from: $record.at, to: null}]
         | .founded = (.founded // $record.at)
    else fault ($record; "\($b.by) is no manager") end;

def role_taken($record; $role): $record.body as $b
  | if .people[$b.id] == null or (holds ($b.id; $role) | not) then fault ($record; "it makes no sense")
    elif is_manager ($b.by) | not then fault ($record; "\($b.by) is no manager")
    elif $role == "manager" and is_last_manager ($b.id) then fault ($record; "nobody would be manager")
    else .people[$b.id].roles
         |= map (if .role == $role and .to == null then .to = $record.at else . end) end;

def person($record; $roles):
  ($roles[$record.body.role // ""] // $record.body.role) as $role
  | if $record.body.decree == null and ($record.kind | test ("^(role-|key-retired)"))
    then fault ($record; "nobody has signed it")
    elif $record.body.decree != null and (can_sign ($record.body.by) | not)
    then fault ($record; "\($record.body.by) has no key")
    elif $record.kind == "person-added" then person_added ($record)
    elif $record.kind == "key-added" then key_added ($record)
    elif $record.kind == "key-retired" then key_retired ($record)
    elif $record.kind == "role-granted" then role_granted ($record; $role)
    elif $record.kind == "role-taken" then role_taken ($record; $role)
    else . end;

def same_environment($other): ($other | ascii_downcase) == ascii_downcase;

# The policy of the moment in which the deployment was opened holds to its end.
def policies($records; $opened): reduce $records[] as $record (.;
    if $record.kind != "policy-set" then .
    elif $record.body.decree == null then fault ($record; "nobody has signed it")
    elif held ($record.body.by; "manager"; $record.at) | not
    then fault ($record; "\($record.body.by) is no manager")
    elif $record.at <= $opened.at and
         ($record.body.environment | same_environment ($opened.body.environment))
    then .policy = $record.body
    else . end);

def signature($record; $roles): $record.body as $b
  | ($roles[$b.role] // $b.role) as $role
  | if .governed | not then .
    elif held ($b.signer; $role; $record.at) | not
    then fault ($record; "\($b.signer) does not hold the role \($b.role)")
    elif $b.decision == "approve" and (.policy["operator-may-approve"] | not) and
         (.operators | index ([$b.signer]) != null)
    then fault ($record; "\($b.signer) runs this deployment, and who runs one can't approve it")
    else . end;

def ruling($record; $records; $roles): $record.body as $b
  | ($roles[.policy.overrider] // .policy.overrider) as $role
  | ($records[$b.rejection // -1]) as $rejection
  | if $b.decree == null then fault ($record; "nobody has signed it")
    elif $record.kind != "overridden" and
         ($b.rejection >= $record.n or $rejection.kind != "signed"
          or $rejection.body.decision != "reject" or $rejection.body.field != $b.field)
    then fault ($record; "there is no such rejection")
    elif $record.kind == "rejection-withdrawn" then
      if $rejection.body.signer == $b.by then .
      else fault ($record; "\($b.by) has not rejected it") end
    elif held ($b.by; $role; $record.at) | not then fault ($record; "\($b.by) may not overrule")
    elif $record.kind == "overridden" and ($b.gate | IN ("window", "blocker", "soak") | not)
    then fault ($record; "nobody can override that")
    elif $b.reason | test ("^\\s*$") then fault ($record; "it has no reason")
    else . end;

# That a command counts as passed although it failed.
def mark($record; $roles): $record.body as $b
  | if $b.decree == null then fault ($record; "nobody has signed it")
    elif ($b.reason // "") | test ("^\\s*$") then fault ($record; "it has no reason")
    elif .governed and ($b.role == null or (held ($b.by; $roles[$b.role] // $b.role; $record.at) | not))
    then fault ($record; "\($b.by) does not hold the role \($b.role)")
    else . end;

def deployment($records; $roles): reduce $records[] as $record (.;
    if $record.kind == "opened" or $record.kind == "block-started"
    then .operators += [$record.actor]
    elif $record.kind == "signed" then signature ($record; $roles)
    elif $record.kind | test ("^(rejection-withdrawn|rejection-overruled|overridden)$")
    then ruling ($record; $records; $roles)
    elif $record.kind == "accepted" and $records[0].body.marks == "signed"
    then mark ($record; $roles)
    else . end);

# That it may be rolled back by itself.
def watch($records): reduce $records[] as $record (.;
    if $record.kind == "watch-consented" and $record.body.decree == null
    then fault ($record; "nobody has signed it")
    else . end);

([$roles | split ("\n")[] | select (. != "") | split ("\t") | {(.[1]): .[0]}] | add // {}) as $words
| ([.[] | select (.stream == "people")] | in_order) as $people
| ([.[] | select (.stream == "policy")] | in_order) as $policy
| ([.[] | select (.stream | startswith ("deployment/"))] | in_order) as $deployment
| ([.[] | select (.stream | startswith ("watch/"))] | in_order) as $watch
| {people: {}, founded: null, faults: [], operators: [],
   policy: {"operator-may-approve": false, overrider: "manager"}}
| reduce $people[] as $record (.; person ($record; $words))
| .governed = (.founded != null and $deployment[0].at >= .founded)
| policies ($policy; $deployment[0])
| deployment ($deployment; $words)
| watch ($watch)
| (.people | to_entries[] | .key as $id | .value.keys[]
   | "signer: \($id) namespaces=\"signoff@countersign,decree@countersign\",valid-after=\"\(.from | second)\""
     + (if .to == null then ""
        else ",valid-before=\"\([.to, .from + 1000000] | max | second)\"" end)
     + " \(.key)"),
  (.faults[] | "fault: \(.)")
