-- name: mediaToFetch :maybe
-- An attachment, and what the request for it needs.
select f.status as "status!", f.external_id as "external_id!", f.source_url, f.kind as "kind!", f.mime_type, f.sha256,
    f.filename, coalesce(f.expires_at <= app_now(), false) as "expired!", m.external_id as message, c.contact_address as conversation,
    cc.status = 'connected' as "connected!", cc.channel as "channel!", cc.account_id, k.id as token_id, k.sealed as token
  from media_files f
  join channel_connections cc on cc.tenant_id = f.tenant_id and cc.id = f.channel_connection_id
  left join messages m on m.tenant_id = f.tenant_id and m.id = f.message_id
  left join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where f.tenant_id = current_tenant() and f.id = :media_id;

-- name: settleMedia :count
-- What became of an attachment that was still to be fetched; 0: somebody has erased it meanwhile.
update media_files set status = :status, storage_key = :storage_key?, sha256 = coalesce(:sha256?, sha256),
    size = :size?, mime_type = coalesce(:mime_type?, mime_type), error_message = :error?,
    -- Of one that is kept it stays: the file may turn out to be lost.
    source_url = case when :status = 'stored' then source_url end,
    stored_at = case when :status = 'stored' then app_now() end
 where tenant_id = current_tenant() and id = :media_id and status = 'pending';

-- name: giveMediaUp :count
-- It was tried as often as is sensible. Its address stays, for who tries once more.
update media_files set status = 'gone', error_message = :error
 where tenant_id = current_tenant() and id = :media_id and status = 'pending';

-- name: fetchMediaAgain :exec
-- A file that was kept is not there.
update media_files set status = 'pending', storage_key = null, stored_at = null
 where tenant_id = current_tenant() and id = :media_id and status = 'stored';

-- name: mediaToUpload :maybe
-- A stored file, and what the request that gives it to its channel's platform needs.
select f.kind as "kind!", f.mime_type, f.filename, f.storage_key as "storage_key!", cc.channel as "channel!",
    cc.sending_id as account_id, sending_login(cc.channel, cc.login) as login, k.id as token_id, k.sealed as token
  from media_files f
  join channel_connections cc on cc.tenant_id = f.tenant_id and cc.id = f.channel_connection_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id
    and k.kind = 'access_token'
 where f.tenant_id = current_tenant() and f.id = :media_id and f.status = 'stored' and f.storage_key is not null;

-- name: storedMedia :maybe
-- An attachment as it is shown to people.
select f.status as "status!", f.kind as "kind!", f.mime_type, f.filename, f.size, f.storage_key, f.error_message
  from media_files f
  left join messages m on m.tenant_id = f.tenant_id and m.id = f.message_id
  left join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
 where f.tenant_id = current_tenant() and f.id = :media_id
   and c.branch_id is not distinct from coalesce(:only_branch?, c.branch_id);
