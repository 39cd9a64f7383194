-- What other systems of the business's tell: its menu and its stock.

-- What the assistant may ask for, which changes with the systems that are connected and not with every sale.
create or replace function external_data_there(p_tenant uuid) returns jsonb
language plpgsql stable as $$
declare
  v_systems text[];
begin
  select array_agg(distinct i.integration_type order by i.integration_type) into v_systems from integration_connections i
    where i.tenant_id = p_tenant and i.status = 'connected' and i.sync_enabled;
  if v_systems is null then return null; end if;
  return jsonb_build_object('source_systems', to_jsonb(v_systems),
    'products', exists (select from external_products p
      join integration_connections i on i.tenant_id = p.tenant_id and i.id = p.integration_id
       and i.status = 'connected' and i.sync_enabled
      where p.tenant_id = p_tenant and p.is_available),
    'inventory', exists (select from external_inventory p
      join integration_connections i on i.tenant_id = p.tenant_id and i.id = p.integration_id
       and i.status = 'connected' and i.sync_enabled
      where p.tenant_id = p_tenant and p.is_active));
end $$;

-- The guide's: null where no other system is connected and synchronised. Of appointments in other systems nothing is kept.
create or replace function get_tenant_external_data(p_tenant_id uuid) returns jsonb
language plpgsql stable as $$
declare
  v_tenant uuid := require_tenant(p_tenant_id);
begin
  if not exists (select from integration_connections i
    where i.tenant_id = v_tenant and i.status = 'connected' and i.sync_enabled) then
    return null;
  end if;
  return (select jsonb_build_object(
    'has_integrations', true,
    'source_systems', to_jsonb(array_agg(distinct i.integration_type order by i.integration_type)),
    'low_stock_items', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'sku', s.sku,
        'quantity', s.quantity_on_hand, 'reorder_point', s.reorder_point, 'category', s.category) order by s.name, s.id), '[]')
      from (select * from external_inventory x where x.tenant_id = v_tenant and x.is_active and x.is_low_stock
        order by x.name, x.id limit 10) s),
    'external_products', (select coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'price', p.price,
        'category', p.category, 'is_available', p.is_available, 'preparation_time', p.preparation_time_minutes)
        order by p.category, p.name, p.id), '[]')
      from (select * from external_products x where x.tenant_id = v_tenant and x.is_available
        order by x.category, x.name, x.id limit 50) p),
    'external_appointments_count', 0,
    'last_sync_at', max(i.last_sync_at))
    from integration_connections i where i.tenant_id = v_tenant and i.status = 'connected');
end $$;
