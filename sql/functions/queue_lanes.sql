-- Lanes: at most one job of a lane runs at a time, oldest due first; who may go next is a flag on the row.

-- Serialises everybody who changes a lane or a unique key, in one order for all sessions.
create or replace function lock_lanes(p_tenant uuid, p_lanes text[], p_keys text[]) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(s.k)
    from (select distinct hashtextextended(p_tenant::text || x, 1) as k
            from (select '|lane|' || unnest(p_lanes) union all select '|key|' || unnest(p_keys)) t (x)
           where x is not null order by k) s;
end $$;

-- Decides anew which pending job of each lane may be claimed. A running one keeps its place; one that waits for its
-- retry lets nobody pass; otherwise the one due first. Callers hold the lanes' locks.
create or replace function elect_lane_heads(p_tenant uuid, p_lanes text[]) returns void
language plpgsql as $$
declare
  v_lane text;
  v_head uuid;
begin
  foreach v_lane in array p_lanes loop
    -- A head that is alone is no question: nearly every lane of an answer.
    continue when (select count(*) = 1 and bool_and(a.lane_head)
      from (select lane_head from jobs where tenant_id = p_tenant and lane = v_lane and status = 'pending' limit 2) a);
    continue when v_lane is null or exists (select 1 from jobs
      where tenant_id = p_tenant and lane = v_lane and lane_head and status = 'processing');
    select coalesce(
        (select id from jobs where tenant_id = p_tenant and lane = v_lane and status = 'pending' and lane_head
          and holds_lane),
        (select id from jobs where tenant_id = p_tenant and lane = v_lane and status = 'pending'
          order by scheduled_for, id limit 1))
      into v_head;
    continue when v_head is null;
    update jobs set lane_head = false
      where tenant_id = p_tenant and lane = v_lane and lane_head and status = 'pending' and id <> v_head;
    -- A worker may have claimed the old head while we waited for its row: then it keeps its place.
    update jobs set lane_head = true
      where tenant_id = p_tenant and id = v_head and not lane_head and status = 'pending'
        and not exists (select 1 from jobs h where h.tenant_id = p_tenant and h.lane = v_lane and h.lane_head
          and h.status in ('pending', 'processing'));
  end loop;
end $$;
