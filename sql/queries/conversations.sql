-- name: apiConversations :one
-- A page of conversations in any order, and how many there are.
with found as materialized (
  select c.* from conversations c
   where c.tenant_id = current_tenant()
     and (:branch_id?::uuid is null or c.branch_id = :branch_id)
     and (:status?::text is null or c.status = :status) and (:channel?::text is null or c.channel = :channel)
     and (:ai_handling?::boolean is null or c.ai_handling = :ai_handling)
     and (:lead_id?::uuid is null or c.lead_id = :lead_id)
     and (:assigned_staff_id?::uuid is null or c.assigned_staff_id = :assigned_staff_id)),
page as (
  select f.id, row_number() over (order by
      case when :descending then null else k.key end, case when :descending then k.key end desc nulls last,
      f.id desc) as place
    from found f cross join lateral (select case :sort when 'created_at' then to_jsonb(f.created_at)
      when 'updated_at' then to_jsonb(f.updated_at) when 'status' then to_jsonb(f.status)
      when 'channel' then to_jsonb(f.channel) else to_jsonb(coalesce(f.last_message_at, f.created_at)) end as key) k
   order by place limit :limit offset :offset)
select coalesce((select jsonb_agg(conversation_json(c) order by p.place) from page p
      join conversations c on c.tenant_id = current_tenant() and c.id = p.id), '[]') as "data!",
    (select count(*) from found) as "total!";

-- name: apiConversationsAfter :many
-- The conversations in which something was said last, from a place in the list on; index-bound.
select conversation_json(c) as "data!", coalesce(c.last_message_at, c.created_at) as "at!", c.id from conversations c
 where c.tenant_id = current_tenant()
   and (coalesce(c.last_message_at, c.created_at), c.id) < (:before::timestamptz, :before_id::uuid)
   and (:branch_id?::uuid is null or c.branch_id = :branch_id)
   and (:status?::text is null or c.status = :status) and (:channel?::text is null or c.channel = :channel)
   and (:ai_handling?::boolean is null or c.ai_handling = :ai_handling)
   and (:lead_id?::uuid is null or c.lead_id = :lead_id)
   and (:assigned_staff_id?::uuid is null or c.assigned_staff_id = :assigned_staff_id)
 order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit :limit offset :offset;

-- name: countConversations :one
select count(*) as "total!" from conversations c
 where c.tenant_id = current_tenant()
   and (:branch_id?::uuid is null or c.branch_id = :branch_id)
   and (:status?::text is null or c.status = :status) and (:channel?::text is null or c.channel = :channel)
   and (:ai_handling?::boolean is null or c.ai_handling = :ai_handling)
   and (:lead_id?::uuid is null or c.lead_id = :lead_id)
   and (:assigned_staff_id?::uuid is null or c.assigned_staff_id = :assigned_staff_id);

-- name: apiConversation :maybe
-- One conversation; of one branch only if that is named.
select conversation_json(c) as "data!" from conversations c
 where c.tenant_id = current_tenant() and c.id = :id and (:only_branch?::uuid is null or c.branch_id = :only_branch);

-- name: openConversation :one
select outcome as "outcome!", id from open_conversation(:wish::jsonb, :only_branch?);

-- name: changeConversation :maybe
select outcome as "outcome!" from change_conversation(:id, :only_branch?, :change::jsonb);

-- name: takeOverConversation :one
select take_over_conversation(:id, :staff_id?) as "taken!";

-- name: resolveConversation :count
update conversations set status = 'resolved', resolved_at = app_now(),
    resolution_notes = coalesce(:notes?, resolution_notes)
 where tenant_id = current_tenant() and id = :id and status in ('active', 'waiting_response', 'escalated');

-- name: readConversation :one
-- Somebody of the business has read it; whether a job now tells the platform so (`read_conversation`).
select read_conversation(:id, :hours::jsonb, :request_id?) as "told!";

-- name: messagesBefore :many
-- What was said before an id (and a moment), the latest first; along the index, however long the talk is.
select message_json(m) || a.told as "data!", m.created_at, m.id
  from messages m cross join lateral message_attachments(m.tenant_id, m.id) a
 where m.tenant_id = current_tenant() and m.conversation_id = :conversation_id and m.id < :before::uuid
   and (:before_at?::timestamptz is null or m.created_at < :before_at)
 order by m.id desc limit :limit;

-- name: messagesAfter :many
-- What was said after an id, the oldest first.
select message_json(m) || a.told as "data!", m.created_at, m.id
  from messages m cross join lateral message_attachments(m.tenant_id, m.id) a
 where m.tenant_id = current_tenant() and m.conversation_id = :conversation_id and m.id > :after::uuid
   and (:after_at?::timestamptz is null or m.created_at > :after_at)
 order by m.id limit :limit;

-- name: countMessages :one
select count(*) as "total!" from messages m
 where m.tenant_id = current_tenant() and m.conversation_id = :conversation_id;

-- name: uuidFloor :one
-- The least id of a row of that moment or later.
select uuid_floor(:at::timestamptz) as "id!";

-- name: apiMessage :maybe
select message_json(m) || a.told as "data!" from messages m
  join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  cross join lateral message_attachments(m.tenant_id, m.id) a
 where m.tenant_id = current_tenant() and m.id = :id and (:only_branch?::uuid is null or c.branch_id = :only_branch);

-- name: noteMessage :one
select note_message(:conversation_id, :only_branch?, :note::jsonb, :staff_id?);

-- name: beginRequest :count
-- Remembers what is asked under a key of the asker's own; none: it was asked before. Who asks at the same time waits here.
insert into api_requests (tenant_id, asker, idempotency_key, digest)
  values (current_tenant(), :asker, :key, :digest) on conflict do nothing;

-- name: earlierRequest :maybe
-- What was asked under a key before, and what was answered.
select digest, answer from api_requests
 where tenant_id = current_tenant() and asker = :asker and idempotency_key = :key;

-- name: endRequest :exec
update api_requests set answer = :answer::json
 where tenant_id = current_tenant() and asker = :asker and idempotency_key = :key;

-- name: forgetRequests :exec
delete from api_requests r where r.tenant_id = current_tenant() and (r.asker, r.idempotency_key) in (
  select o.asker, o.idempotency_key from api_requests o
   where o.tenant_id = current_tenant() and o.created_at < app_now() - interval '24 hours'
   order by o.created_at limit 10 for update skip locked);

-- name: takeOfWindow :one
-- One of so many in a window of seconds: {"success", "remaining", "reset"}.
select check_rate_limit(:identifier::text, :most::int, :seconds::int) as "taken!";
