-- `updated_at` of every table that has it and does not write it itself (`jobs` does, being written most).
do $$
declare
  t text;
begin
  for t in
    select c.table_name from information_schema.columns c
      join information_schema.tables b using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'updated_at' and c.table_name <> 'jobs'
       and b.table_type = 'BASE TABLE' order by 1
  loop
    execute format('create or replace trigger touch_updated_at before update on %I
      for each row execute function touch_updated_at()', t);
  end loop;
end $$;
