-- name: eventToDeliver :maybe
-- An event with where it is to be told and by which secrets. `late`: it asks for an answer that somebody else gives by now.
select e.event as "event!", e.data as "data!", e.occurred_at as "occurred_at!", e.status as "status!", s.webhook_url,
    coalesce(s.is_enabled, false) as "enabled!",
    coalesce(s.answers_by = 'n8n' and e.event = s.answer_event
      and e.occurred_at <= app_now() - make_interval(secs => s.answer_seconds), false) as "late!",
    k.id as "api_key_id?", k.sealed as "api_key?", g.id as "signing_id?", g.sealed as "signing?"
  from outbound_events e
  left join n8n_settings s on s.tenant_id = e.tenant_id
  left join outbound_tokens k on k.tenant_id = e.tenant_id and k.kind = 'n8n_api_key'
  left join outbound_tokens g on g.tenant_id = e.tenant_id and g.kind = 'n8n_signing'
 where e.tenant_id = current_tenant() and e.id = :id;

-- name: settleEvent :exec
-- What came of telling an event (`settle_event`).
select settle_event(:id, :status, :attempted, :http_status?::int, :error?, :alert?::jsonb);

-- name: askN8N :one
-- Asks n8n for an answer, where the business wants that (`ask_n8n`).
select ask_n8n(:conversation_id, :question_id, :last_messages::int, :request_id?) as "verdict!";

-- name: findN8N :maybe
-- Whose conversation or lead it is, and what proves that its n8n speaks (`find_n8n`).
select tenant_id as "tenant_id!", is_plain as "is_plain!", is_platforms as "is_platforms!", secrets as "secrets!"
  from find_n8n(:kind, :id);

-- name: conversationOfCall :maybe
-- Channel and person of a conversation that a caller of this branch (null: of any) may speak in.
select c.channel as "channel!", c.lead_id as "lead_id!" from conversations c
 where c.tenant_id = current_tenant() and c.id = :id and (:only_branch?::uuid is null or c.branch_id = :only_branch?);

-- name: acceptAnswer :one
-- Stores n8n's answer with the jobs that send it (`accept_answer`).
select outcome as "outcome!", message_id
  from accept_answer(:conversation_id, :parts::text[], :question_id?, :digest, :metadata::jsonb, :policy::jsonb,
    :request_id?);

-- name: passOverAnswer :exec
-- Remembers that n8n's words were an earlier question's (`accept_answer`: 'passed_over').
select pass_over_answer(:conversation_id, :digest);

-- name: setLeadScore :one
select set_lead_score(:lead_id, :only_branch?, :score, :reason?, :anew) as score;

-- name: escalateByN8N :one
select escalate_by_n8n(:conversation_id, :only_branch?, :reason, :staff_id?, :message_id?) as "outcome!";

-- name: n8nSettings :maybe
-- The business's n8n; of its secrets their ends, and whether they are there.
select s.is_enabled as "is_enabled!", s.webhook_url, to_jsonb(s.events) as events, s.answers_by as "answers_by!",
    s.answer_event as "answer_event!", s.answer_seconds as "answer_seconds!", s.answer_fallback as "answer_fallback!",
    s.plain_callbacks as "plain_callbacks!", s.updated_at as "updated_at!",
    (select coalesce(jsonb_object_agg(x.kind, x.hint), '{}') from (
      select k.kind, case k.kind when 'n8n_api_key' then s.api_key_hint else s.signing_hint end as hint
        from outbound_tokens k where k.tenant_id = s.tenant_id and k.kind in ('n8n_api_key', 'n8n_signing')
      union all select i.kind, s.webhook_hint from inbound_secrets i
       where i.tenant_id = s.tenant_id and i.kind = 'n8n_webhook') x) as "secrets!"
  from n8n_settings s where s.tenant_id = current_tenant();

-- name: putN8NSettings :exec
-- Changes what is named of: {"is_enabled", "webhook_url", "events", "answers_by", "answer_event", "answer_seconds",
-- "answer_fallback", "plain_callbacks"}; makes the row if there is none.
insert into n8n_settings as s (tenant_id, is_enabled, webhook_url, events, answers_by, answer_event, answer_seconds,
    answer_fallback, plain_callbacks)
  select current_tenant(), coalesce((c ->> 'is_enabled')::boolean, true), c ->> 'webhook_url',
      case when jsonb_typeof(c -> 'events') = 'array' then text_list(c -> 'events') end,
      coalesce(c ->> 'answers_by', 'claude'),
      coalesce(c ->> 'answer_event', 'ai-conversation'), coalesce((c ->> 'answer_seconds')::int, 60),
      coalesce(c ->> 'answer_fallback', 'claude'), coalesce((c ->> 'plain_callbacks')::boolean, false)
    from (select :change::jsonb as c) x
  on conflict (tenant_id) do update set
    is_enabled = coalesce((:change::jsonb ->> 'is_enabled')::boolean, s.is_enabled),
    webhook_url = case when :change::jsonb ? 'webhook_url' then excluded.webhook_url else s.webhook_url end,
    events = case when :change::jsonb ? 'events' then excluded.events else s.events end,
    answers_by = coalesce(:change::jsonb ->> 'answers_by', s.answers_by),
    answer_event = coalesce(:change::jsonb ->> 'answer_event', s.answer_event),
    answer_seconds = coalesce((:change::jsonb ->> 'answer_seconds')::int, s.answer_seconds),
    answer_fallback = coalesce(:change::jsonb ->> 'answer_fallback', s.answer_fallback),
    plain_callbacks = coalesce((:change::jsonb ->> 'plain_callbacks')::boolean, s.plain_callbacks);

-- name: holdN8N :exec
-- Two who seal a secret of the same n8n wait for each other.
select 1 as "held" from n8n_settings where tenant_id = current_tenant() for update;

-- name: addN8NInboundSecret :exec
insert into inbound_secrets (tenant_id, id, kind, sealed) values (current_tenant(), :id, 'n8n_webhook', :sealed);

-- name: dropN8NInboundSecret :exec
delete from inbound_secrets where tenant_id = current_tenant() and channel_connection_id is null and kind = 'n8n_webhook';

-- name: addN8NToken :exec
insert into outbound_tokens (tenant_id, id, kind, sealed) values (current_tenant(), :id, :kind, :sealed);

-- name: dropN8NToken :exec
delete from outbound_tokens where tenant_id = current_tenant() and channel_connection_id is null and kind = :kind;

-- name: noteN8NSecret :exec
-- What people may see of a secret that was just sealed.
update n8n_settings set webhook_hint = case :kind::text when 'n8n_webhook' then :hint? else webhook_hint end,
    api_key_hint = case :kind::text when 'n8n_api_key' then :hint? else api_key_hint end,
    signing_hint = case :kind::text when 'n8n_signing' then :hint? else signing_hint end
 where tenant_id = current_tenant();

-- name: listEvents :many
-- Events of this state (null: all), the latest first.
select e.id as "id!", e.event as "event!", e.status as "status!", e.attempts as "attempts!", e.http_status, e.error_message,
    e.lead_id, e.occurred_at as "occurred_at!", e.last_attempt_at, e.delivered_at
  from outbound_events e
 where e.tenant_id = current_tenant() and (:status?::text is null or e.status = :status?)
 order by e.id desc limit :limit;

-- name: replayEvents :one
-- Tells events again (`replay_events`); how many.
select replay_events(:id?, :limit::int) as "asked!";

-- name: testN8N :one
-- Puts an event into the outbox that says nothing, to see whether it arrives; its id.
select put_event('test', jsonb_build_object('message', 'TIS TIS'), null) as "id!";

-- name: bookByN8N :one
-- Books an appointment (`book_by_n8n`).
select outcome as "outcome!", appointment_id, detail from book_by_n8n(:request::jsonb, :only_branch?);
