-- Attachments: what a platform holds for us is remembered with the message that brought it, and a job fetches it.

-- Called inside the transaction that stores the messages. p_events: those of `receive_events`, of which
-- "media": [{"id", "url"?, "kind", "mime_type"?, "sha256"? (hex), "filename"?}] counts. An attachment that is known already
-- asks for nothing. Returns how many jobs were asked for.
create or replace function expect_media(p_events jsonb, p_request_id text) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb;
begin
  if not jsonb_path_exists(p_events, '$[*].media.id') then return 0; end if;
  with told as (
    select m.id as message_id, m.channel_connection_id, m.external_timestamp, f.media, f.place
      -- An id as it is told, and one look into the index per event: behind the wall none is searched for what a cast makes.
      from jsonb_to_recordset(p_events) as e (connection_id uuid, external_id text, media jsonb)
      cross join lateral (select m.id, m.channel_connection_id, m.external_timestamp from messages m
        where m.tenant_id = v_tenant and m.channel_connection_id = e.connection_id and m.external_id = e.external_id
        limit 1) m
      cross join lateral jsonb_array_elements(case jsonb_typeof(e.media) when 'array' then e.media end)
        with ordinality f (media, place)
     where f.media ->> 'id' is not null
     order by m.id, f.place
  ), named as (
    update messages m set media_url = coalesce(t.media ->> 'url', t.media ->> 'id') from told t
     where m.tenant_id = v_tenant and m.id = t.message_id and t.place = 1 and m.media_url is null
    returning 1
  ), kept as (
    insert into media_files (tenant_id, channel_connection_id, message_id, external_id, source_url, kind, mime_type, sha256,
        filename, expires_at)
      select v_tenant, t.channel_connection_id, t.message_id, t.media ->> 'id', t.media ->> 'url', t.media ->> 'kind',
          t.media ->> 'mime_type', t.media ->> 'sha256', t.media ->> 'filename',
          -- As long as platforms keep what customers send.
          t.external_timestamp + interval '7 days'
        from told t
      on conflict do nothing
      returning id, channel_connection_id
  )
  select jsonb_agg(jsonb_build_object('job_type', 'fetch_media',
      -- Behind the answers, which somebody waits for.
      'priority', 7, 'request_id', p_request_id,
      'payload', jsonb_build_object('media_id', k.id, 'tenant_id', v_tenant, 'channel', cc.channel)))
    into v_jobs
    from kept k join channel_connections cc on cc.tenant_id = v_tenant and cc.id = k.channel_connection_id;
  return enqueue_jobs(coalesce(v_jobs, '[]'));
end $$;

-- Removes files of ours that no message ever took and that the platform has forgotten by now, or never got: at most p_limit.
-- Whether there may be more.
create or replace function forget_unsent_files(p_limit int) returns boolean
language plpgsql as $$
declare
  v_jobs jsonb;
begin
  with gone as (
    delete from media_files f
     where f.tenant_id = current_tenant() and f.id in (
       select x.id from media_files x
        where x.tenant_id = current_tenant() and x.message_id is null and x.external_id = 'upload:' || x.id
          and coalesce(x.expires_at, x.created_at + interval '30 days') < app_now()
        order by x.id limit p_limit for update skip locked)
    returning f.id, f.storage_key)
  select jsonb_agg(jsonb_build_object('job_type', 'remove_media', 'priority', 7, 'max_attempts', 100,
      'payload', jsonb_build_object('tenant_id', current_tenant(), 'media_id', g.id, 'storage_key', g.storage_key)))
    into v_jobs from gone g;
  perform enqueue_jobs(coalesce(v_jobs, '[]'));
  return coalesce(jsonb_array_length(v_jobs), 0) = p_limit;
end $$;
