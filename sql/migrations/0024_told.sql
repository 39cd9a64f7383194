-- Who has told a person of an appointment's time, and since when it stands.
alter table appointments
  -- The person's message whose answer tells them: the assistant booked or moved it while it answered that. Whether the answer
  -- has left is asked of the messages (`is_told`). null: no answer does.
  add column told_after uuid,
  -- When it was last given another time in place; null: it has the one that it was booked for.
  add column moved_at timestamptz;

-- Functions that ask for something more, or for something else; `sql/functions` has them.
drop function if exists find_room(uuid, uuid, uuid, uuid, timestamptz, int, uuid, boolean);
drop function if exists opening_state(jsonb, timestamp);
drop function if exists appointment_stands(uuid);
drop function if exists ask_confirmation(uuid);
