-- People whose messages bring no name: where the platform tells it when it is asked, it is asked once a conversation.

-- p_conversations: those of a batch. Of what this transaction opened, a job each whose person has no name. Returns how many.
create or replace function ask_names(p_conversations uuid[], p_request_id text) returns int
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  v_jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object('job_type', 'fetch_profile', 'unique_key', 'fetch_profile:' || c.id,
      -- Behind the answers, which somebody waits for.
      'priority', 7, 'max_attempts', 3, 'request_id', p_request_id,
      'payload', jsonb_build_object('conversation_id', c.id, 'tenant_id', v_tenant, 'channel', c.channel)) order by c.id)
    into v_jobs
    from conversations c join leads l on l.tenant_id = v_tenant and l.id = c.lead_id
   where c.tenant_id = v_tenant and c.id = any (p_conversations) and c.created_at = now()
     and l.name is null and l.full_name is null;
  if v_jobs is null then return 0; end if;
  return enqueue_jobs(v_jobs);
end $$;
