-- What an appointment keeps by itself: when it ends, and when it ended.
create or replace function keep_appointment() returns trigger language plpgsql as $$
begin
  new.end_time := new.scheduled_at + make_interval(mins => new.duration_minutes);
  new.cancelled_at := case when new.status = 'cancelled' then coalesce(new.cancelled_at, app_now()) end;
  new.completed_at := case when new.status = 'completed' then coalesce(new.completed_at, app_now()) end;
  return new;
end $$;
create or replace trigger keep_appointment before insert or update on appointments
  for each row execute function keep_appointment();
