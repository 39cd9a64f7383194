# shellcheck shell=bash
# One customer's message through the whole of it, and what came of it.

# answered WAMID: the status of the answer to that message, if there is one.
answered() {
  psql_world tistis --tuples-only --no-align --set=wamid="$1" <<'SQL'
select a.status from messages q
  join messages a on a.conversation_id = q.conversation_id and a.role = 'assistant' and a.created_at >= q.created_at
 where q.external_id = :'wamid' order by a.created_at desc limit 1
SQL
}

# show_conversation WAMID: the message and what followed it, a line each.
show_conversation() {
  psql_world tistis --tuples-only --no-align --field-separator=$'\t' --set=wamid="$1" <<'SQL' | awk -F '\t' '{ printf "  %s  %-9s  %-8s  %s\n", $1, $2, $3, $4 }'
select to_char(m.created_at, 'HH24:MI:SS.MS'), m.role, m.status, regexp_replace(m.content, '\s+', ' ', 'g')
  from messages q join messages m on m.conversation_id = q.conversation_id and m.created_at >= q.created_at
 where q.external_id = :'wamid' order by m.created_at
SQL
}

# demonstrate: sends one WhatsApp text as Meta does and waits until the answer has been read, at most 15 s.
demonstrate() {
  local wamid until status='' answer began person
  wamid=wamid.demo.$(openssl rand -hex 8)
  # Somebody new each time: nothing said earlier, and no limit of answers a person, gets in the way.
  printf -v person '521631%07d' $((SRANDOM % 10000000))
  began=$(now_ms) until=$(($(now_ms) + 15000))
  answer=$("$root/bin/send" whatsapp/text esva-dental --from "$person" --id "$wamid" --url "http://127.0.0.1:$PORT" 2>&1) || {
    printf '%s\n' "$answer" >&2
    return 1
  }
  while [ "$status" != read ] && [ "$(now_ms)" -lt "$until" ]; do
    sleep 0.1
    status=$(answered "$wamid")
  done
  say "A customer of esva-dental wrote on WhatsApp:"
  show_conversation "$wamid"
  [ "$status" = read ] || return 1
  say "Answered and read $(seconds_since "$began") after it was posted (2 s of it wait for a second message)."
}
