-- Ids that sort by time: version 7, of which PostgreSQL 15 has none. 48 bits of milliseconds and 12 bits of their fraction
-- from one look at the clock, the rest random. One expression, so that it is part of the statement that needs an id.
create or replace function uuid_v7() returns uuid
language sql volatile parallel safe as $$
  select (overlay(lpad(to_hex((date_part('epoch', clock_timestamp()) * 1000000)::bigint * 4096 / 1000), 15, '0')
    placing '7' from 13 for 0) || substr(gen_random_uuid()::text, 20))::uuid
$$;
