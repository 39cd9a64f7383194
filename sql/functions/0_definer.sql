-- First of all files: replacing a function of the definer's takes membership, which policies.sql ends again.
do $$
begin
  if exists (select from pg_roles where rolname = 'tistis_definer')
    and not pg_has_role(current_user, 'tistis_definer', 'member') then
    execute format('grant tistis_definer to %I', current_user);
  end if;
end $$;
