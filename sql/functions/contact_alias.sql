-- The names of people as they are typed or told, in the form of `lead_aliases`.

-- A name under which somebody is known on a channel, as `lead_of_aliases` reads it; null for one that is blank. Platforms
-- send numbers with their country; everywhere else people type them.
create or replace function contact_alias(p_channel text, p_identifier text) returns jsonb
language plpgsql immutable as $$
declare
  v_text text := btrim(coalesce(p_identifier, ''), E' \t\r\n');
  v_digits text := regexp_replace(regexp_replace(v_text, '[^0-9]', '', 'g'), '^00', '');
  v_value text;
begin
  if p_channel = 'whatsapp' and v_text ~ '[A-Za-z]' then
    return jsonb_build_object('kind', 'whatsapp_user_id', 'value', v_text, 'address', v_text);
  elsif p_channel in ('whatsapp', 'sms', 'voice', 'phone') then
    v_value := case p_channel when 'whatsapp' then canonical_phone(v_text) else normalize_phone_number(v_text) end;
    return case when v_value <> '' then jsonb_build_object('kind', 'phone', 'value', v_value,
      -- Answers go to the spelling that was told, unless its country was guessed.
      'address', case when v_digits ~ '^[0-9]{10}$' then v_value else v_digits end) end;
  elsif p_channel in ('instagram', 'facebook', 'tiktok') then
    return case when v_text <> '' then jsonb_build_object('kind', p_channel, 'value', v_text, 'address', v_text) end;
  elsif p_channel = 'email' then
    return case when v_text <> '' then jsonb_build_object('kind', 'email', 'value', lower(v_text), 'address', v_text) end;
  end if;
  raise exception '"%" is no channel on which people have an address', p_channel using errcode = 'invalid_parameter_value',
    hint = 'whatsapp, instagram, facebook, tiktok, sms, voice, phone or email';
end $$;

-- Those of the names that are not blank.
create or replace function alias_list(variadic p_aliases jsonb[]) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_agg(a order by n), '[]') from unnest(p_aliases) with ordinality u (a, n) where a is not null
$$;
