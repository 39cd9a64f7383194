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
  v_new uuid[];
  v_old uuid[];
begin
  -- One look into an index after the other, whatever the planner thinks of the table.
  select array_agg(n.id), array_agg(h.id) filter (where h.id is not null) into v_new, v_old
    from (select distinct l.lane from unnest(p_lanes) l (lane) where l.lane is not null) x
    left join lateral (select j.id, j.status, j.holds_lane from jobs j
      where j.tenant_id = p_tenant and j.lane = x.lane and j.lane_head and j.status in ('pending', 'processing')
      limit 1) h on true
    cross join lateral (select j.id from jobs j
      where j.tenant_id = p_tenant and j.lane = x.lane and j.status = 'pending'
      order by j.scheduled_for, j.id limit 1) n
   where h.id is null or (h.status = 'pending' and not h.holds_lane and h.id <> n.id);
  if v_new is null then return; end if;
  if v_old is not null then
    update jobs set lane_head = false
      where tenant_id = p_tenant and id = any (v_old) and lane_head and status = 'pending';
  end if;
  -- A worker may have claimed the old head while we waited for its row: then it keeps its place.
  update jobs j set lane_head = true
    where j.tenant_id = p_tenant and j.id = any (v_new) and not j.lane_head and j.status = 'pending'
      and not exists (select 1 from jobs h where h.tenant_id = p_tenant and h.lane = j.lane and h.lane_head
        and h.status in ('pending', 'processing'));
end $$;
