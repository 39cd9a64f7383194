-- What every later table stands on: ids that sort by time, one clock, one tenant.

-- Time-ordered UUIDs (version 7, RFC 9562) with microseconds in the 12 bits behind the version, so that ids made by one
-- session in one statement keep their order and inserts stay at the end of their indexes. PG 15 has none of its own.
create function uuid_v7() returns uuid
language plpgsql volatile parallel safe as $$
declare
  us bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
  return (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0')
    || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid;
end $$;

-- The one clock of every rule kept in SQL. A test sets `app.now`; nobody else does.
create function app_now() returns timestamptz
language sql stable parallel safe as $$
  select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now())
$$;

-- The tenant of this transaction; null (and so: no rows) when none is set. After a transaction-local setting ends
-- its value is '', hence nullif.
create function current_tenant() returns uuid
language sql stable parallel safe as $$
  select nullif(current_setting('app.tenant_id', true), '')::uuid
$$;

create function touch_updated_at() returns trigger
language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
