-- Phone numbers: the canonical spelling as in `Rules/Phone.swift`; one table of cases tests both.

-- The one spelling under which a person is found: digits without plus. For numbers with their country, as platforms send
-- them. Mexico loses the 1 of mobile dialling, Argentina the mobile 9 and the domestic 15, Brazil's mobiles gain the
-- ninth digit; every other number stays as it is.
create or replace function canonical_phone(p_number text) returns text
language sql immutable parallel safe as $$
  select case
    when d ~ '^521[0-9]{10}$' then '52' || substr(d, 4)
    when d ~ '^55[0-9]{2}[6-9][0-9]{7}$' then substr(d, 1, 4) || '9' || substr(d, 5)
    when d !~ '^54' then d
    when n ~ '^1115[0-9]{8}$' then '5411' || substr(n, 5)
    when n ~ '^11[0-9]{10}$' then '54' || n
    when n ~ '^[0-9]{3}15[0-9]{7}$' then '54' || substr(n, 1, 3) || substr(n, 6)
    when n ~ '^[0-9]{4}15[0-9]{6}$' then '54' || substr(n, 1, 4) || substr(n, 7)
    else '54' || n end
    from (select regexp_replace(regexp_replace(coalesce(p_number, ''), '[^0-9]', '', 'g'), '^00', '') as d) x
   -- What follows Argentina's 54.
   cross join lateral (select regexp_replace(substr(d, 3), '^9([0-9]{10}|[0-9]{12})$', '\1') as n) y
$$;

-- A number as somebody typed it, in the same spelling. Ten digits without a country are Mexican; fewer stay as they are;
-- without any digit it is ''. Returns digits without plus, as the guide documents it (`leads.phone_normalized` puts the
-- plus before them). Never for ids that a platform sends: Singapore's and Denmark's have ten digits, too.
-- The argument has the guide's name, which `create or replace` cannot change.
drop function if exists normalize_phone_number(text);
create or replace function normalize_phone_number(phone text) returns text
language sql immutable parallel safe as $$
  select canonical_phone(case
    when d ~ '^[0-9]{10}$' and d !~ '^00' and phone !~ '^[^0-9]*\+' then '52' || d
    else phone end)
    from (select regexp_replace(phone, '[^0-9]', '', 'g') as d) x
$$;
