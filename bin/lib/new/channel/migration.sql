-- @Name@: a fifth platform.

alter table channel_connections add column @name@_account_id text;

-- Every list of platforms that a table keeps.
do $$
declare
  c record;
begin
  for c in
    select n.conrelid::regclass as relation, n.conname as name, pg_get_constraintdef(n.oid) as rule
      from pg_constraint n
     where n.contype = 'c' and n.connamespace = 'public'::regnamespace
       and pg_get_constraintdef(n.oid) ~ '''(ai_)?tiktok''::text'
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', c.relation, c.name, c.name,
      regexp_replace(c.rule, '''(ai_)?tiktok''::text', '\&, ''\1@name@''::text', 'g'));
  end loop;
end $$;

-- The platform's id of the account, whichever platform it is. Columns that are made of others cannot be changed: they are
-- made anew, with their indexes; views over them come back with the functions.
do $$
declare
  c record;
  v_indexes text[];
  v_index text;
begin
  select array_agg(pg_get_indexdef(i.indexrelid)) into v_indexes from pg_index i
   where i.indrelid = 'channel_connections'::regclass and pg_get_indexdef(i.indexrelid) ~ '\m(account_id|sending_id)\M';
  for c in
    select a.attname as name, pg_get_expr(d.adbin, d.adrelid) as expression
      from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = 'channel_connections'::regclass and a.attgenerated = 's'
       and pg_get_expr(d.adbin, d.adrelid) like '%THEN tiktok_open_id%'
  loop
    execute format('alter table channel_connections drop column %I cascade', c.name);
    execute format('alter table channel_connections add column %I text generated always as (%s) stored', c.name,
      replace(c.expression, 'THEN tiktok_open_id', 'THEN tiktok_open_id WHEN ''@name@''::text THEN @name@_account_id'));
  end loop;
  foreach v_index in array v_indexes loop
    execute v_index;
  end loop;
end $$;
