-- What a person left behind where no foreign key leads, to be erased. Changes nothing.

-- Rows that belong to these leads or name them, by table: {"jobs": [id, …], …, "items": [what platforms call it, …]}. Of
-- what is found only by reading everything, rows from p_from on (ids sort by time); the nil id: all.
create or replace function rows_of_person(p_leads uuid[], p_names text, p_from uuid) returns jsonb
language plpgsql stable as $$
declare
  v_tenant uuid := current_tenant();
  v_accounts uuid[] := array(select id from channel_connections where tenant_id = v_tenant);
  v_talks uuid[] := array(select id from conversations where tenant_id = v_tenant and lead_id = any (p_leads));
  v_messages uuid[] := array(select id from messages where tenant_id = v_tenant and conversation_id = any (v_talks));
  v_media uuid[] := array(select id from media_files where tenant_id = v_tenant and message_id = any (v_messages));
  v_patients uuid[] := array(select id from patients where tenant_id = v_tenant and (lead_id = any (p_leads)
    -- Entered by hand, and nobody has said yet who of the leads it is.
    or lead_id is null and concat_ws(' ', phone, normalize_phone_number(phone), whatsapp_number,
      normalize_phone_number(whatsapp_number), email) ~ p_names));
  v_reports uuid[] := array(
    select id from message_status_history where tenant_id = v_tenant and message_id = any (v_messages)
    union select id from message_status_history where tenant_id = v_tenant and id >= p_from and message_id is null
      and raw::text ~ p_names);
  v_events uuid[] := array(
    select id from channel_events where tenant_id = v_tenant and lead_id = any (p_leads)
    union select id from channel_events where tenant_id = v_tenant and id >= p_from and lead_id is null
      and concat(content, details, raw) ~ p_names);
  v_items text[] := array(
    select external_id from messages where tenant_id = v_tenant and id = any (v_messages) and external_id is not null
    union select id::text from messages where tenant_id = v_tenant and id = any (v_messages) and role <> 'user'
    union select external_id from message_status_history where tenant_id = v_tenant and id = any (v_reports)
    union select external_id from channel_events where tenant_id = v_tenant and id = any (v_events));
begin
  return jsonb_build_object('items', v_items, 'media_files', v_media, 'patients', v_patients,
    'message_status_history', array(
      select unnest(v_reports) union select id from message_status_history where tenant_id = v_tenant
        and channel_connection_id = any (v_accounts) and external_id = any (v_items)),
    'channel_events', array(
      select unnest(v_events) union select id from channel_events where tenant_id = v_tenant and id >= p_from
        and reply_to_external_id = any (v_items)),
    'jobs', array(
      select id from jobs where tenant_id = v_tenant and id >= p_from
        and (payload ->> 'conversation_id' = any (v_talks::text[]) or payload ->> 'lead_id' = any (p_leads::text[])
          or payload ->> 'message_id' = any (v_messages::text[]) or payload ->> 'media_id' = any (v_media::text[]))),
    'appointments', array(
      select id from appointments where tenant_id = v_tenant and (lead_id = any (p_leads) or patient_id = any (v_patients)
        or lead_id is null and conversation_id = any (v_talks))),
    'webhook_dead_letters', array(
      select id from webhook_dead_letters where tenant_id = v_tenant and id >= p_from
        and concat_ws(' ', payload, headers, error_message, error_stack) ~ p_names),
    'ai_dead_letter_queue', array(
      select id from ai_dead_letter_queue where tenant_id = v_tenant and id >= p_from
        and (contact_id = any (p_leads) or conversation_id = any (v_talks) or contact_id is null and conversation_id is null
          and concat_ws(' ', original_message, original_payload, error_message, error_stack) ~ p_names)),
    'external_events', array(
      select id from external_events where tenant_id = v_tenant and id >= p_from
        and (lead_id = any (p_leads) or concat_ws(' ', event, data, event_key) ~ p_names)),
    'webhook_events', array(
      select id from webhook_events where tenant_id = v_tenant and id >= p_from
        and concat_ws(' ', event_id, error_message) ~ p_names),
    'rate_limits', array(select identifier from rate_limits where tenant_id = v_tenant and identifier ~ p_names));
end $$;

-- What several looks (an array of `rows_of_person`) found in a table, each once.
create or replace function found_rows(p_looks jsonb, p_table text) returns text[]
language sql immutable as $$
  select array(select distinct r from jsonb_array_elements(p_looks) l, jsonb_array_elements_text(l -> p_table) r)
$$;
