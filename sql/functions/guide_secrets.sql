-- A secret that is gone has no end to show.
create or replace function forget_secret_hint() returns trigger language plpgsql as $$
begin
  delete from secret_hints h
   where h.tenant_id = old.tenant_id and h.channel_connection_id = old.channel_connection_id and h.kind = old.kind
     and not exists (select from inbound_secrets s where s.tenant_id = h.tenant_id
       and s.channel_connection_id = h.channel_connection_id and s.kind = h.kind)
     and not exists (select from outbound_tokens s where s.tenant_id = h.tenant_id
       and s.channel_connection_id = h.channel_connection_id and s.kind = h.kind);
  return null;
end $$;
create or replace trigger forget_secret_hint after delete on inbound_secrets
  for each row execute function forget_secret_hint();
create or replace trigger forget_secret_hint after delete on outbound_tokens
  for each row execute function forget_secret_hint();
