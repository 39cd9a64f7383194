-- name: findChannel :many
-- The accounts of a tenant on a channel and their sealed secrets; none for an unknown slug.
select tenant_id as "tenant_id!", tenant_status as "tenant_status!", connection_id, connection_status, account_id, business_id,
    secrets as "secrets!"
  from find_channel(:channel, :slug);

-- name: receiveEvents :one
-- Stores all of one POST for one tenant, in one call and so in one transaction (`sql/functions/receive_events.sql`).
select messages as "messages!", duplicates as "duplicates!", reports as "reports!", answers as "answers!",
    soonest
  from receive_events(:events::jsonb, :policy::jsonb, :request_id);

-- name: receiveEventsSingly :one
-- The same item by item: what cannot be stored is parked, its siblings are stored.
select messages as "messages!", duplicates as "duplicates!", reports as "reports!", answers as "answers!",
    parked as "parked!"
  from receive_events_singly(:channel, :slug, :events::text[], :policy::jsonb, :request_id);

-- name: findAccounts :many
-- Whose accounts these are, for the webhook that all tenants share; none for what is nobody's.
select asked as "asked!", tenant_id as "tenant_id!", slug as "slug!", connection_id as "connection_id!"
  from find_accounts(:channel, :accounts::text[]);

-- name: noteWebhooks :exec
-- Genuine requests came at these accounts.
select note_webhooks(:connections::uuid[]);

-- name: noteSignatureFailures :exec
-- So many requests were signed with none of the secrets of these accounts.
select note_signature_failures(:connections::uuid[], :count);

-- name: sharedWebhookRefused :exec
-- So many posts to the shared webhook were signed with none of the platform's secrets.
select shared_webhook_refused(:channel, :count);

-- name: sharedWebhookHeard :exec
-- A genuine post came to the shared webhook.
select shared_webhook_heard(:channel);

-- name: replayDeadLetter :one
-- Stores a parked event as if it came now; what became of it, null if there is no such open one.
select replay_dead_letter(:id, :policy::jsonb);

-- name: listDeadLetters :many
-- Parked events of the tenant, oldest first.
select id, channel, error_message, retry_count, created_at from webhook_dead_letters
 where tenant_id = current_tenant() and status in ('pending', 'failed') order by created_at, id limit :limit;
