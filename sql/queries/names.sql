-- name: personToName :maybe
-- Somebody without a name, and what asks the platform for it. None: they have one meanwhile, or are gone.
select c.channel as "channel!", c.contact_kind as "contact_kind!", c.contact_address as "contact_address!",
    cc.sending_id as account_id, sending_login(cc.channel, cc.login) as login, cc.status = 'connected' as "connected!",
    k.id as token_id, k.sealed as token
  from conversations c
  join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
  join channel_connections cc on cc.tenant_id = c.tenant_id and cc.id = c.channel_connection_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where c.tenant_id = current_tenant() and c.id = :conversation_id and l.name is null and l.full_name is null
   and l.deleted_at is null;

-- name: namePerson :count
-- What the platform told of somebody, unless they have a name meanwhile; of how many that was.
update leads l set name = coalesce(:name?, l.name), full_name = coalesce(:name?, l.full_name),
    profile_image_url = coalesce(:picture?, l.profile_image_url)
  from conversations c
 where c.tenant_id = current_tenant() and c.id = :conversation_id and l.tenant_id = c.tenant_id and l.id = c.lead_id
   and l.name is null and l.full_name is null;
