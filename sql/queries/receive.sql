-- name: findChannel :many
-- The accounts of a tenant on a channel and their sealed secrets; none for an unknown slug.
select tenant_id as "tenant_id!", tenant_status as "tenant_status!", connection_id, connection_status, account_id,
    secrets as "secrets!"
  from find_channel(:channel, :slug);

-- name: receiveEvents :one
-- Stores all of one POST for one tenant, in one call and so in one transaction (`sql/functions/receive_events.sql`).
select messages as "messages!", duplicates as "duplicates!", reports as "reports!", answers as "answers!"
  from receive_events(:events::jsonb, :policy::jsonb, :request_id);

-- name: receiveEventsSingly :one
-- The same item by item: what cannot be stored is parked, its siblings are stored.
select messages as "messages!", duplicates as "duplicates!", reports as "reports!", answers as "answers!",
    parked as "parked!"
  from receive_events_singly(:channel, :slug, :events::jsonb, :policy::jsonb, :request_id);
