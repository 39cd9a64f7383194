-- A restaurant with four tables, open until two in the morning, every day.
update tenants set vertical = 'restaurant', settings = '{"timezone": "America/Tijuana"}' where id = '{{tenant}}';
delete from services where tenant_id = '{{tenant}}';
insert into services (tenant_id, name, slug, short_description, category, price_min, price_max, duration_minutes)
  values ('{{tenant}}', 'Reservación de mesa', 'mesa', 'Mesa para comer o cenar', 'reservaciones', 0, 0, 90);
insert into branches (tenant_id, name, slug, address, city, phone, timezone, is_headquarters, operating_hours, places)
  select '{{tenant}}', 'Centro', 'centro', 'Av. Revolución 45', 'Tijuana', '+526641234567', 'America/Tijuana', true,
      jsonb_object_agg(d, '[{"open": "13:00", "close": "02:00"}]'::jsonb), 4
    from unnest('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]) d;
update channel_connections set branch_id = (select id from branches where tenant_id = '{{tenant}}') where id = '{{connection}}';
insert into ai_tenant_context (tenant_id, system_prompt, auto_escalate_after_messages)
  values ('{{tenant}}', 'Atiendes los mensajes de la fonda: reservaciones y menú.', 0);
