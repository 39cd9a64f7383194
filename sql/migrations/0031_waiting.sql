-- The first message that waits for the opening (`promised_for`), or one before it: a lower bound, who reads it leaves out what was
-- answered. Null: nothing waits.
alter table conversations add column promised_first uuid;

-- What the business's own systems tell has two names: the header's (`event_key`) and its own (`event_id`, the body's `id`).
alter table external_events add column event_id text check (length(event_id) between 1 and 255);

-- What waits already was written into its job; which of the two names was given nobody knows any more. The owner stands behind
-- the wall too, until policies.sql raises it again.
alter table conversations no force row level security;
alter table jobs no force row level security;
alter table external_events no force row level security;
update conversations c set promised_first = (j.payload ->> 'first_id')::uuid
  from jobs j
 where j.tenant_id = c.tenant_id and j.unique_key = 'opening:' || c.id and j.status in ('pending', 'processing')
   and j.payload ? 'first_id';
update external_events set event_id = event_key where event_key is not null;

create unique index external_events_id on external_events (tenant_id, asker, event_id) where event_id is not null;
