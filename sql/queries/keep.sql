-- name: retentionDue :many
-- Tenants whose raw things were not looked at since then, who waited longest first.
select tenant_id as "tenant_id!", slug as "slug!" from retention_due(:checked_before, :limit);

-- name: pruneRaw :one
-- Forgets the tenant's raw things from before then, a batch at a time; how much, and whether there may be more.
-- While somebody else does so it waits, or finds nothing to do.
select messages as "messages!", reports as "reports!", events as "events!", dead_letters as "dead_letters!",
    steps as "steps!", is_more as "is_more!"
  from prune_raw(:before, :limit, :wait);

-- name: prunableRaw :one
-- What `pruneRaw` would forget in all; changes nothing.
select messages as "messages!", reports as "reports!", events as "events!", dead_letters as "dead_letters!",
    steps as "steps!"
  from prunable_raw(:before);

-- name: eraseLead :one
-- Erases a person, or only counts; how many rows of what, null if there is no such lead.
select erase_lead(:lead_id, :by, :really);

-- name: erasureOf :maybe
-- When somebody was erased, and how many of their files wait to be removed.
select e.erased_at, e.erased_by, e.counts,
    (select count(*) from jobs j where j.tenant_id = e.tenant_id and j.job_type = 'remove_media'
      and j.status in ('pending', 'processing', 'dead')) as "waiting!"
  from erasures e where e.tenant_id = current_tenant() and :lead_id = any (e.lead_ids)
 order by e.id desc limit 1;

-- name: mediaInUse :one
-- Whether a file that we keep belongs to some message.
select exists (select 1 from media_files where tenant_id = current_tenant() and storage_key = :storage_key
  and status = 'stored') as "used!";
