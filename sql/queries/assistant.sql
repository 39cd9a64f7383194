-- name: menu :many
-- What is on the menu of the systems that are connected, by category and name.
select p.name, p.description, p.category, p.price::text as price, p.price_currency, p.preparation_time_minutes, p.allergens
  from external_products p
  join integration_connections i on i.tenant_id = p.tenant_id and i.id = p.integration_id
   and i.status = 'connected' and i.sync_enabled
 where p.tenant_id = current_tenant() and p.is_available
 order by p.category, p.name, p.id limit :most;

-- name: stock :many
-- What the store-rooms have, by name.
select s.name, s.description, s.category, s.sku, trim_scale(s.quantity_available)::text as "quantity!",
    s.unit_price::text as price, s.price_currency
  from external_inventory s
  join integration_connections i on i.tenant_id = s.tenant_id and i.id = s.integration_id
   and i.status = 'connected' and i.sync_enabled
 where s.tenant_id = current_tenant() and s.is_active
 order by s.name, s.id limit :most;

-- name: assistantConfig :one
-- How the business wants its assistant to be.
select assistant_config() as "config!";

-- name: changeAssistantConfig :exec
-- Changes what is named.
select change_assistant_config(:values::jsonb);

-- name: assistantContext :one
-- What the assistant is told of the business, on an account and at a branch if they are named, and the moment there.
select assistant_context(t.id, :connection_id?, b.id) as "context!",
    to_char(app_now() at time zone z.name, 'YYYY-MM-DD HH24:MI') as "local_time!",
    extract(isodow from app_now() at time zone z.name)::int as "weekday!",
    jsonb_build_object('open', o.is_open, 'opens', to_char(o.next_open, 'YYYY-MM-DD HH24:MI'),
      'opens_weekday', extract(isodow from o.next_open)::int) as "state!"
  from tenants t
  left join ai_tenant_context a on a.tenant_id = t.id
  left join channel_connections cc on cc.tenant_id = t.id and cc.id = :connection_id?
  left join branches b on b.tenant_id = t.id and b.id = coalesce(:branch_id?, cc.branch_id)
  cross join lateral (
    select coalesce(b.timezone, t.settings ->> 'timezone', 'America/Mexico_City') as name) z
  cross join lateral opening_state(coalesce(nullif(b.operating_hours, '{}'), a.business_hours),
    app_now(), z.name, closings_ahead(b.id)) o
 where t.id = current_tenant();

-- name: scoringRules :one
-- What raises which signal, and what it counts.
select scoring_rules() as "rules!";

-- name: changeScoringRules :one
-- Changes rules by their signals, all or none; the signals that the business does not have.
select change_scoring_rules(:rules::jsonb) as "unknown!";
