-- name: messageToMark :maybe
-- A person's message that somebody of the business has read, and what marks it at the platform. None: it is gone.
select m.external_id as "external_id!", c.channel as "channel!", c.contact_kind, c.contact_address,
    cc.sending_id as account_id, sending_login(cc.channel, cc.login) as login, cc.status = 'connected' as "connected!",
    k.id as token_id, k.sealed as token
  from messages m
  join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  join channel_connections cc on cc.tenant_id = m.tenant_id and cc.id = m.channel_connection_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where m.tenant_id = current_tenant() and m.id = :message_id and m.external_id is not null and m.deleted_at is null;
