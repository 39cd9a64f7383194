# shellcheck shell=bash
# Settings: one file a program, only what it needs in it, readable by root and by that program's user.

# Who owns secrets decides who reads them: root writes, the group of one program reads.
place_environment() {
  local name
  if [ ! -d /etc/tistis ]; then act "make /etc/tistis" install -d -m 755 /etc/tistis; fi
  # First, for the others have their keys from there.
  place_settings tistis tistis_owner 640
  place_settings common root 644
  for name in "${programs[@]}" jobs; do place_settings "$name" "tistis_${name//-/_}" 640; done
}

# place_settings NAME GROUP MODE: made once. Later releases add what they need and the file does not mention.
place_settings() {
  local file=/etc/tistis/$1.env ours=$tree/etc/environment/$1.env lacking
  if [ ! -f "$file" ]; then
    if [ -n "$dry" ]; then act "write $file"; else replace "$file" "$3" "root:$2" < <(with_keys "$(cat "$ours")"); fi
    return 0
  fi
  lacking=$(unmentioned "$ours" "$file")
  [ -n "$lacking" ] || return 0
  [ -n "$dry" ] || lacking=$(with_keys "$lacking")
  replace "$file" "$3" "root:$2" < <(printf '%s\n\n# Since release %s:\n\n%s\n' "$(cat "$file")" "$release" "$lacking")
}

# unmentioned OURS THEIRS: the paragraphs of ours whose setting theirs does not name, set or commented out.
unmentioned() {
  local names
  names=$(sed -n 's/^#\{0,1\} *\([A-Z][A-Z0-9_]*\)=.*/\1/p' "$2" | sed 's/_FILE$//' | tr '\n' ' ')
  awk -v RS= -v there=" $names" '{
    count = split($0, line, "\n"); name = line[count]; sub(/^# /, "", name); sub(/=.*/, "", name)
    if (!index(there, " " name " ")) print $0 "\n"
  }' "$1"
}

# with_keys TEXT: the text with our keys where it has none.
with_keys() {
  local text=$'\n'$1$'\n' name
  for name in INBOUND_KEYS OUTBOUND_KEYS; do
    if [[ $text == *$'\n'"$name="$'\n'* ]]; then text=${text/$'\n'"$name="$'\n'/$'\n'"$name=$(key "$name")"$'\n'}; fi
  done
  for name in INBOUND_SEAL OUTBOUND_SEAL; do
    if [[ $text == *$'\n'"# $name="$'\n'* ]]; then text=${text/$'\n'"# $name="$'\n'/$'\n'"$(seal "$name")"$'\n'}; fi
  done
  text=${text#$'\n'}
  printf '%s' "$text"
}

# seal NAME: NAME=… as it belongs to the keys.
seal() {
  INBOUND_KEYS=$(key INBOUND_KEYS) OUTBOUND_KEYS=$(key OUTBOUND_KEYS) "$tree/bin/tistis" seals | grep "^$1="
}

# key NAME: the one that the administrator's file has or names a file of; a new one if there is none yet. A year and a
# letter name it.
key() {
  local found
  found=$(sed -n "s/^$1=\(..*\)/\1/p" /etc/tistis/tistis.env 2>/dev/null || :)
  [ -n "$found" ] || found=$(sed -n "s/^$1_FILE=//p" /etc/tistis/tistis.env 2>/dev/null | xargs -r cat)
  say "${found:-$(date +%Y)a:$(openssl rand -hex 32)}"
}
