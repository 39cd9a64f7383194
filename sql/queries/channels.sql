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
-- What a person has to know or do, the latest first; of those that are resolved only if asked.
select id, channel_connection_id, kind, severity, sentence, times, first_at, last_at, resolved_at from alerts
 where tenant_id = current_tenant() and (:all or resolved_at is null) order by last_at desc, id desc limit :limit;

-- name: resolveAlert :one
-- Closes an alert; false if there is no such open one.
with closed as (
  update alerts set resolved_at = app_now() where tenant_id = current_tenant() and id = :id and resolved_at is null
  returning 1)
select exists (select 1 from closed) as "closed!";
