-- Templates, tokens that end, and the health of channels.

-- Who renews a token holds it for a while, so that two do not use up one refresh token. `client_secret`: of a tenant's own
-- app, where renewing wants it.
alter table outbound_tokens
  add column renewal uuid,
  add column renewal_until timestamptz,
  drop constraint outbound_tokens_kind_check,
  add constraint outbound_tokens_kind_check check (kind in ('access_token', 'refresh_token', 'client_secret'));

-- Where a file is whose address came with its message.
alter table media_files add column source_url text;

-- When the platform listed it last; null: we know of it by news alone.
alter table message_templates add column synced_at timestamptz;

-- The last `test_channel`: {"ok", "checks": [{"name", "state", "sentence", "cure"?}], "subscribed"?}.
alter table channel_connections
  add column tested_at timestamptz,
  add column test_result jsonb;
