-- name: listChannels :many
-- The tenant's accounts on the platforms, how they stand, and how many sends wait at each.
select cc.id as "id!", cc.channel as "channel!", cc.account_number as "account_number!", cc.account_id,
    cc.status as "status!", cc.quality, cc.stopped_code, cc.stopped_at,
    cc.last_error_message, p.blocked_until, p.initiated_blocked_until, p.reason,
    (select count(*) from jobs j where j.tenant_id = cc.tenant_id and j.status = 'pending' and j.job_type like 'send\_%'
      and j.payload ->> 'channel_connection_id' = cc.id::text) as "waiting!"
  from channel_connections cc
  left join send_pace p on p.tenant_id = cc.tenant_id and p.channel_connection_id = cc.id and p.contact = ''
 where cc.tenant_id = current_tenant() order by cc.channel, cc.account_number, cc.id;

-- name: resumeChannel :one
-- Lets an account send again that stood still for an error; how many sends are due now, null if there is none to resume.
select resume_channel(:connection_id);

-- name: listAlerts :many
-- What a person has to know or do, the latest first; of those that are resolved only if asked. Of one branch only if that is
-- named (`alert_concerns`).
select a.id, a.channel_connection_id, a.kind, a.severity, a.sentence, a.times, a.first_at, a.last_at, a.resolved_at
  from alerts a
 where a.tenant_id = current_tenant() and (:all or a.resolved_at is null)
   and (:only_branch?::uuid is null or alert_concerns(a, :only_branch, false))
 order by a.last_at desc, a.id desc limit :limit;

-- name: resolveAlert :one
-- Closes an alert; false if there is no such open one. Of one branch only if that is named.
with closed as (
  update alerts a set resolved_at = app_now() where a.tenant_id = current_tenant() and a.id = :id and a.resolved_at is null
    and (:only_branch?::uuid is null or alert_concerns(a, :only_branch, true))
  returning 1)
select exists (select 1 from closed) as "closed!";
