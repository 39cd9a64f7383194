-- What the business's own automations are told.

-- Tells the tenant's n8n, if it has one. p_event as in the guide ('lead-created', 'appointment-scheduled' …), p_data its
-- object, p_key what makes it the same event again (told once); null: its own. Called inside the transaction that did it.
create or replace function emit_event(p_event text, p_data jsonb, p_key text default null) returns void
language plpgsql as $$
begin
end $$;
