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
