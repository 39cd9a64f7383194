-- name: tokensToRenew :many
-- Accounts whose access token ends soon, all tenants together.
select tenant_id as "tenant_id!", connection_id as "connection_id!" from tokens_to_renew(:policy::jsonb, :limit);

-- name: enqueue :one
-- Puts jobs of this tenant into the queue (`enqueue_jobs`); how many were asked for.
select enqueue_jobs(:jobs::jsonb) as "asked!";

-- name: beginRenewal :one
-- Takes an account's tokens for one renewal (`sql/functions/tokens.sql`).
select verdict as "verdict!", channel, app_key, ends_at, token_id, token, refresh_id, refresh, secret_id, secret
  from begin_renewal(:connection_id, :attempt, :policy::jsonb, :seconds);

-- name: endRenewal :one
-- Stores what a renewal brought: how many tokens, and how many sends are due if the account goes on for it.
select stored as "stored!", due from end_renewal(:connection_id, :attempt, :tokens::jsonb, :token_stops::text[]);

-- name: refuseRenewal :one
-- Stops an account whose token the platform does not renew; false: it has another one by now.
select refuse_renewal(:connection_id, :attempt, :token_id, :sentence, :alert::jsonb) as "stopped!";

-- name: raiseAlert :exec
-- Tells the tenant's people of something (`raise_alert`).
select raise_alert(:connection_id, :alert::jsonb);
