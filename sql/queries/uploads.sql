-- name: addUploadedMedia :exec
-- A file of ours that is to be given to a channel's platform.
insert into media_files (tenant_id, id, channel_connection_id, external_id, kind, mime_type, sha256, size, filename,
    branch_id)
  values (current_tenant(), :media_id, :connection_id, 'upload:' || :media_id::uuid, :kind, :mime_type, :sha256, :size, :filename,
    :branch_id?);

-- name: takeUploadBytes :one
-- Takes so many bytes of what the business may upload in a day; null, or seconds until there is room again.
select take_upload_bytes(:bytes, :most);

-- name: addUpload :exec
-- Its bytes, until `jobs` has kept them.
insert into uploads (tenant_id, media_id, bytes) values (current_tenant(), :media_id, :bytes);

-- name: uploadToKeep :maybe
-- The bytes of a file of ours that is not kept yet.
select bytes from uploads where tenant_id = current_tenant() and media_id = :media_id;

-- name: removeUpload :exec
-- They are kept.
delete from uploads where tenant_id = current_tenant() and media_id = :media_id;

-- name: mediaUploaded :count
-- The platform has a file of ours, and under which id. WhatsApp and TikTok keep it for thirty days.
update media_files set platform_id = :platform_id, uploaded_at = app_now(), expires_at = app_now() + interval '30 days',
    error_message = null
 where tenant_id = current_tenant() and id = :media_id and status = 'stored';

-- name: mediaNotUploaded :exec
-- Why the platform will not get it.
update media_files set error_message = :error where tenant_id = current_tenant() and id = :media_id and platform_id is null;

-- name: uploadedMedia :maybe
-- A file of ours as who sends it asks for it.
select f.channel_connection_id as "connection_id!", f.kind as "kind!", f.mime_type, f.size, f.filename, f.platform_id,
    case when f.expires_at <= app_now() or f.status = 'gone' then 'gone' when f.platform_id is not null then 'uploaded'
      when f.error_message is not null then 'refused' else 'pending' end as "status!",
    f.error_message, f.expires_at
  from media_files f
  join channel_connections cc on cc.tenant_id = f.tenant_id and cc.id = f.channel_connection_id
 where f.tenant_id = current_tenant() and f.id = :media_id and f.external_id = 'upload:' || f.id
   and (:only_branch?::uuid is null or cc.branch_id is null or cc.branch_id = :only_branch
     or f.branch_id = :only_branch);

-- name: mediaSent :exec
-- A file of ours belongs to the message that sent it first: erased with it.
update media_files set message_id = :message_id
 where tenant_id = current_tenant() and id = :media_id and message_id is null;
