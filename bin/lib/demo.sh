# shellcheck shell=bash
# A customer who books an appointment through the whole of it, and what came of it.

# What she says; bin/lib/demo/cita.json is what the sandbox's Claude does about it.
demo_lines=('Hola, quiero una limpieza mañana' 'La primera, por favor')

# answered WAMID: the status of the last answer to that message, if there is one.
answered() {
  psql_world tistis --tuples-only --no-align --set=wamid="$1" <<'SQL'
select a.status from messages q
  join messages a on a.conversation_id = q.conversation_id and a.role = 'assistant' and a.created_at >= q.created_at
 where q.external_id = :'wamid' order by a.created_at desc limit 1
SQL
}

# await_read WAMID: until the person has read the answer to that message, at most 15 s.
await_read() {
  local until=$(($(now_ms) + 15000))
  while [ "$(answered "$1")" != read ]; do
    [ "$(now_ms)" -lt "$until" ] || return 1
    sleep 0.1
  done
}

# booked WAMID: how many appointments who wrote that message has.
booked() {
  psql_world tistis --tuples-only --no-align --set=wamid="$1" <<'SQL'
select count(*) from messages m join conversations c on c.id = m.conversation_id
  join appointments a on a.tenant_id = c.tenant_id and a.lead_id = c.lead_id where m.external_id = :'wamid'
SQL
}

# show TITLE WAMID: what a query (stdin) finds of that message's conversation (:'conversation'), lead (:'lead') and tenant
# (:'tenant'), a line each; sets `empty` where that is nothing.
show() {
  local found
  found=$({
    say "select conversation_id as conversation, c.lead_id as lead, c.tenant_id as tenant from messages m"
    say "  join conversations c on c.id = m.conversation_id where m.external_id = :'wamid' \\gset"
    cat
  } | psql_world tistis --tuples-only --no-align --field-separator='  ' --set=wamid="$2")
  say "$1"
  printf '%s\n' "${found:-nothing}" | sed 's/^/  /'
  [ -n "$found" ] || empty=1
}

# show_what_happened WAMID: the talk, the appointment, the score, what Claude did, and what it cost.
show_what_happened() {
  show "A customer of esva-dental wrote on WhatsApp:" "$1" <<'SQL'
select to_char(created_at, 'HH24:MI:SS.MS'), rpad(role, 9), rpad(status, 8), regexp_replace(content, '\s+', ' ', 'g')
  from messages where conversation_id = :'conversation' order by created_at, id
SQL
  show "The appointment:" "$1" <<'SQL'
select to_char(a.scheduled_at at time zone b.timezone, 'YYYY-MM-DD HH24:MI'), a.duration_minutes || ' min', a.status, v.name,
    s.display_name, b.name, 'booked by ' || a.booking_source
  from appointments a join branches b on b.id = a.branch_id
  left join services v on v.id = a.service_id left join staff s on s.id = a.staff_id
 where a.tenant_id = :'tenant' and a.lead_id = :'lead'
SQL
  show "The score, signal by signal:" "$1" <<'SQL'
select rpad(coalesce(signal_name, change_source), 18), lpad(score_change::text, 4), previous_score || ' → ' || new_score,
    new_classification
  from lead_score_history where tenant_id = :'tenant' and lead_id = :'lead' order by id
SQL
  show "What Claude did, step by step:" "$1" <<'SQL'
select rpad(s.kind, 4), rpad(s.name, 20), lpad(s.took_ms || ' ms', 7), left(coalesce(s.input::text || ' → ', '') ||
    case when s.kind = 'tool' then s.output::text else 'asked for ' || coalesce((select string_agg(b ->> 'name', ', ')
      from json_array_elements(s.output) b where b ->> 'type' = 'tool_use'), 'nothing more') end, 160)
  from ai_steps s where s.tenant_id = :'tenant' and s.conversation_id = :'conversation' order by s.question_id, s.ordinal
SQL
  show "What it cost:" "$1" <<'SQL'
select count(*) || ' calls of ' || min(ai_model), sum(prompt_tokens) || ' tokens in (' || sum(cache_read_tokens)
    || ' from the cache, ' || sum(cache_write_tokens) || ' written to it)', sum(completion_tokens) || ' out', round(sum(cost_usd), 6) || ' US$'
  from ai_usage_logs where tenant_id = :'tenant' and conversation_id = :'conversation'
SQL
}

# demonstrate: lets a customer book by WhatsApp texts as Meta sends them, and waits until each answer has been read, at most
# 15 s each.
demonstrate() {
  local wamid status answer began took person line empty=''
  # Somebody new each time: nothing said earlier, and no limit of answers a person, gets in the way.
  printf -v person '521631%07d' $((SRANDOM % 10000000))
  for line in "${demo_lines[@]}"; do
    wamid=wamid.demo.$(openssl rand -hex 8)
    began=$(now_ms)
    answer=$("$root/bin/send" whatsapp/text esva-dental --from "$person" --id "$wamid" --text "$line" \
      --url "http://127.0.0.1:$PORT" 2>&1) || {
      printf '%s\n' "$answer" >&2
      return 1
    }
    status=''
    if await_read "$wamid"; then status='read'; else break; fi
    took=$(seconds_since "$began")
  done
  show_what_happened "$wamid"
  [ "$status" = read ] || return 1
  if [ "$(booked "$wamid")" != 1 ] || [ -n "$empty" ]; then
    say "She was answered, but something of what belongs to it is missing above." >&2
    return 1
  fi
  say "The last answer was read $took after its question was posted (2 s of it wait for a second message)."
}
