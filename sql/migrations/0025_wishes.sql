-- What n8n tells twice, late or differently.

-- Of the wish that was booked under booking_key: under one key it has to be the same, however long ago.
alter table appointments add column booking_digest text;

drop function if exists set_lead_score(uuid, uuid, int, text);
drop function if exists escalate_by_n8n(uuid, uuid, text, uuid);
