-- What keeps the queue fast while somebody holds a snapshot open. Vacuum may not remove what that snapshot could still
-- see, so every search that begins at the old end of an index passes all jobs ever finished. `ready_at` only grows:
-- whoever remembers where the last search ended begins there.

-- The clock, also inside a long transaction; tests set it as they set `app_now`.
create function app_clock() returns timestamptz
language sql volatile parallel safe as $$
  select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp())
$$;

alter table jobs add column ready_at timestamptz;
comment on column jobs.ready_at is 'When it may be claimed, being pending and the head of its lane; null while it is not. Never earlier than the moment that this was written down.';

create function stamp_ready() returns trigger language plpgsql as $$
begin
  new.ready_at := case when new.status = 'pending' and new.lane_head then greatest(new.scheduled_for, app_clock()) end;
  return new;
end $$;

create trigger jobs_ready_new before insert on jobs for each row execute function stamp_ready();
create trigger jobs_ready before update of status, lane_head, scheduled_for on jobs for each row
  when (old.status <> new.status or old.lane_head <> new.lane_head or old.scheduled_for <> new.scheduled_for)
  execute function stamp_ready();
-- The owner stands behind the wall too, until policies.sql raises it again.
alter table jobs no force row level security;
update jobs set ready_at = scheduled_for where status = 'pending' and lane_head;

-- Each of these indexes has a condition that one kind of query alone says. To the planner they all look empty, since it
-- counts pending jobs only; where two would do, it took the one full of everybody's finished jobs.
drop index jobs_due, jobs_due_of, jobs_held;
create index jobs_ready on jobs (ready_at) where ready_at > '-infinity';
create index jobs_ready_of on jobs (tenant_id, priority, ready_at) where priority > 0 and ready_at is not null;
create index jobs_held on jobs (worker_id) where worker_id is not null and status = 'processing';

-- When the jobs of a worker that is gone were last looked for.
alter table workers add column recovered_at timestamptz;
