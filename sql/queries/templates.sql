-- name: templateAccount :maybe
-- A WhatsApp account whose templates can be asked for, and what the request needs; the business's language.
select cc.whatsapp_business_account_id as business_id, k.id as token_id, k.sealed as token,
    coalesce(a.default_language, 'es') as "language!"
  from channel_connections cc
  left join ai_tenant_context a on a.tenant_id = cc.tenant_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id and k.kind = 'access_token'
 where cc.tenant_id = current_tenant() and cc.id = :connection_id and cc.channel = 'whatsapp'
   and cc.status <> 'disconnected';

-- name: templateAccounts :many
-- The tenant's WhatsApp Business Accounts, each with one of its numbers.
select distinct on (cc.whatsapp_business_account_id) cc.id as "id!", cc.whatsapp_business_account_id as "business_id!"
  from channel_connections cc
 where cc.tenant_id = current_tenant() and cc.channel = 'whatsapp' and cc.whatsapp_business_account_id is not null
   and cc.status <> 'disconnected'
 order by cc.whatsapp_business_account_id, cc.status = 'connected' desc, cc.id;

-- name: syncTemplates :one
-- Writes down what the platform listed; how many it were, and how many are gone.
select listed as "listed!", gone as "gone!" from sync_templates(:business, :templates::jsonb, :at, :whole);

-- name: listTemplates :many
-- The tenant's message templates; those that are gone only if asked.
select id, business_account_id, name, language, category, status, reason, quality, parameter_format, components, synced_at,
    updated_at
  from message_templates
 where tenant_id = current_tenant() and (:all or status <> 'DELETED') order by name, language, business_account_id
 limit :limit;

-- name: businessLanguage :one
-- In which a business speaks by itself.
select coalesce((select a.default_language from ai_tenant_context a where a.tenant_id = current_tenant()), 'es') as "language!";

-- name: templateLanguages :many
-- The languages in which a template may leave an account.
select distinct t.language as "language!" from channel_connections cc
  join message_templates t on t.tenant_id = cc.tenant_id and t.name = :name
    and t.business_account_id = coalesce(cc.whatsapp_business_account_id, t.business_account_id)
 where cc.tenant_id = current_tenant() and cc.id = :connection_id and jsonb_exists(:usable::jsonb, upper(t.status));

-- name: templateParts :maybe
-- What a template consists of at the business account of a channel, as the platform told.
select t.components, t.parameter_format
  from channel_connections cc
  join message_templates t on t.tenant_id = cc.tenant_id and t.name = :name and t.language = :language
    and t.business_account_id = coalesce(cc.whatsapp_business_account_id, t.business_account_id)
 where cc.tenant_id = current_tenant() and cc.id = :connection_id and t.components is not null
 order by t.updated_at desc limit 1;

-- name: templateTrouble :one
-- What keeps a template from leaving an account, with what to do; null: nothing that we know of.
select template_trouble(:connection_id, :template::jsonb, :usable::jsonb);

-- name: alertTemplate :exec
-- Tells people that it does.
select alert_template(:connection_id, :template::jsonb, :usable::jsonb);

-- name: preparedGround :maybe
-- What a prepared message is made of: whom it goes to, in whose name and language, and whether the person's
-- window is open, which lasts as many hours as :windows says of the channel.
select c.channel as "channel!", c.channel_connection_id as "connection_id!", t.name as "business!",
    coalesce(nullif(l.first_name, ''), l.name, l.full_name, '') as "person!",
    window_is_open(c.channel_connection_id, c.lead_id, (:windows::jsonb ->> c.channel)::int) as "open!",
    promotions_stopped(c.lead_id, c.channel) as "stopped!", coalesce(a.default_language, 'es') as "language!"
  from conversations c
  join tenants t on t.id = c.tenant_id
  left join ai_tenant_context a on a.tenant_id = c.tenant_id
  join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
 where c.tenant_id = current_tenant() and c.id = :conversation_id
   and c.branch_id is not distinct from coalesce(:only_branch?, c.branch_id);

-- name: appointmentWords :maybe
-- A conversation's person's appointment as a calendar on the branch's wall says it.
select coalesce(s.name, a.reason, '') as "service!", extract(isodow from w.at)::int as "weekday!",
    extract(day from w.at)::int as "day!", extract(month from w.at)::int as "month!", to_char(w.at, 'HH24:MI') as "time!"
  from appointments a
  join conversations c on c.tenant_id = a.tenant_id and c.lead_id = a.lead_id
  join branches b on b.tenant_id = a.tenant_id and b.id = a.branch_id
  left join services s on s.tenant_id = a.tenant_id and s.id = a.service_id
  cross join lateral (select a.scheduled_at at time zone b.timezone as at) w
 where a.tenant_id = current_tenant() and a.id = :appointment_id and c.id = :conversation_id
   and a.status in ('scheduled', 'confirmed');

-- name: offeredServices :many
-- What a business offers, in the order in which it is shown.
select slug as "slug!", name as "name!", coalesce(short_description, '') as "description!", price_min::text as price_min,
    price_max::text as price_max, currency as "currency!"
  from services where tenant_id = current_tenant() and is_active
 order by is_featured desc, display_order, name, id limit :limit;

-- name: sendPrepared :one
-- Stores a prepared message with the jobs that send it; whoever answers is answered as before. null: no such conversation.
select send_prepared(:conversation_id, :parts::jsonb, :kind, :request_id?, :numbered?::jsonb, :only_branch?);
