-- Templates as the platform lists them, and what a look at an account found.

-- When the platform listed it last; null: we know of it by news alone.
alter table message_templates add column synced_at timestamptz;

-- The last `test_channel`: {"ok", "checks": [{"name", "state", "sentence", "cure"?}], "subscribed"?}.
alter table channel_connections
  add column tested_at timestamptz,
  add column test_result jsonb;
