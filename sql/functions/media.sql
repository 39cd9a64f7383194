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

-- Takes so many bytes of what the business may upload in a day that begins with the first upload; counted in KiB. Null, or
-- seconds until the day is over where they do not go into it; what is refused does not count.
create or replace function take_upload_bytes(p_bytes bigint, p_most bigint) returns int
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  v_now timestamptz := app_clock();
  v_kib int := ceil(p_bytes / 1024.0);
  v_most int := least(p_most / 1024, 2147483647);
begin
  insert into rate_limits as x (tenant_id, identifier, window_start, request_count)
    values (v_tenant, 'api:upload', v_now, v_kib)
    on conflict (tenant_id, identifier) do update set
      window_start = case when x.window_start <= v_now - interval '1 day' then v_now else x.window_start end,
      request_count = case when x.window_start <= v_now - interval '1 day' then v_kib else x.request_count + v_kib end
      where x.window_start <= v_now - interval '1 day' or x.request_count <= v_most - v_kib;
  if found then return null; end if;
  return (select greatest(ceil(extract(epoch from x.window_start + interval '1 day' - v_now))::int, 1)
    from rate_limits x where x.tenant_id = v_tenant and x.identifier = 'api:upload');
end $$;
