-- name: askReadBacks :one
-- Jobs that ask platforms for messages of which no answer came; how many.
select ask_read_backs(:first, :second, :channels::text[]) as "asked!";

-- name: messageInDoubt :maybe
-- A message of which nobody knows whether it left, and what asks the platform for its conversation. None: it is known.
select m.content as "content!", m.payload, m.attempted_at, c.channel as "channel!", c.contact_kind as "contact_kind!",
    c.contact_address as "contact_address!", cc.sending_id as account_id, cc.account_id as receiving_id,
    sending_login(cc.channel, cc.login) as login, cc.status = 'connected' as "connected!", k.id as token_id, k.sealed as token
  from messages m
  join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  join channel_connections cc on cc.tenant_id = m.tenant_id and cc.id = m.channel_connection_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where m.tenant_id = current_tenant() and m.id = :message_id and m.status = 'unknown' and m.external_id is null;

-- name: settleReadBack :one
-- The platform has it, under one of these ids; the one that it is known by now, null if none is its own.
select settle_read_back(:message_id, :found::jsonb);
