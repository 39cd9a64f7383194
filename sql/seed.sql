-- Two demonstration tenants. Idempotent; run by the owner in a tenant's name, since the wall holds for owners too.
-- Their secrets cannot be written in plain SQL: `tistis seed` seals the development ones.

begin;
select set_config('app.tenant_id', 'a0000000-0000-0000-0000-000000000001', true);

insert into tenants (id, name, slug, vertical, plan, settings, onboarded_at) values
  ('a0000000-0000-0000-0000-000000000001', 'ESVA Dental Clinic', 'esva-dental', 'dental', 'growth',
    '{"timezone": "America/Hermosillo"}', now())
  on conflict (id) do nothing;
insert into branches (tenant_id, id, name, slug, branch_code, address, city, state, postal_code, phone, whatsapp_number,
    timezone, is_headquarters, operating_hours) values
  ('a0000000-0000-0000-0000-000000000001', 'b0000000-0000-0000-0000-000000000001', 'Nogales Centro', 'nogales', 'NOG',
    'Av. Obregón 123', 'Nogales', 'Sonora', '84000', '+526311234567', '+526311234567', 'America/Hermosillo', true,
    '{"monday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}],
      "tuesday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}],
      "wednesday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}],
      "thursday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}],
      "friday": [{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}],
      "saturday": [{"open": "09:00", "close": "13:00"}], "sunday": []}')
  on conflict do nothing;
insert into staff (tenant_id, id, first_name, last_name, display_name, email, role, role_title, specialty) values
  ('a0000000-0000-0000-0000-000000000001', 'd0000000-0000-0000-0000-000000000001', 'Alberto', 'Estrella',
    'Dr. Alberto Estrella', 'alberto@esva-dental.example', 'dentist', 'Director', 'Implantología'),
  ('a0000000-0000-0000-0000-000000000001', 'd0000000-0000-0000-0000-000000000002', 'Lucía', 'Valdez',
    'Dra. Lucía Valdez', 'lucia@esva-dental.example', 'specialist', 'Ortodoncista', 'Ortodoncia')
  on conflict do nothing;
-- Users of the dashboard: one of this business, one of both.
insert into user_roles (tenant_id, id, user_id, role) values
  ('a0000000-0000-0000-0000-000000000001', 'e0000000-0000-0000-0000-000000000011', 'e0000000-0000-0000-0000-000000000001', 'owner'),
  ('a0000000-0000-0000-0000-000000000001', 'e0000000-0000-0000-0000-000000000012', 'e0000000-0000-0000-0000-000000000003', 'manager')
  on conflict do nothing;
insert into staff_branches (tenant_id, staff_id, branch_id, is_primary)
  select tenant_id, id, 'b0000000-0000-0000-0000-000000000001', true from staff
   where tenant_id = 'a0000000-0000-0000-0000-000000000001'
  on conflict do nothing;
insert into services (tenant_id, name, slug, short_description, category, price_min, price_max, duration_minutes,
    display_order, promotion_active, promotion_text, buffer_after_minutes) values
  ('a0000000-0000-0000-0000-000000000001', 'Limpieza dental', 'limpieza-dental',
    'Limpieza profesional con ultrasonido y pulido', 'preventiva', 800, 800, 45, 1, false, null, 15),
  ('a0000000-0000-0000-0000-000000000001', 'Blanqueamiento dental', 'blanqueamiento',
    'Blanqueamiento en consultorio con luz LED', 'estética', 3500, 3500, 90, 2, true, '10 % de descuento entre semana', 0),
  ('a0000000-0000-0000-0000-000000000001', 'Ortodoncia', 'ortodoncia', 'Brackets metálicos o estéticos, por tratamiento',
    'ortodoncia', 18000, 35000, 60, 3, false, null, 0),
  ('a0000000-0000-0000-0000-000000000001', 'Implante dental', 'implante', 'Implante de titanio con corona', 'cirugía',
    15000, 22000, 120, 4, false, null, 30),
  ('a0000000-0000-0000-0000-000000000001', 'Consulta de valoración', 'valoracion', 'Revisión, diagnóstico y plan de tratamiento',
    'preventiva', 300, 300, 30, 5, false, null, 0)
  on conflict do nothing;
-- Dr. Estrella works whenever it is open, Dra. Valdez on three days.
insert into staff_services (tenant_id, staff_id, service_id)
  select s.tenant_id, d.staff_id::uuid, s.id from services s join (values
      ('limpieza-dental', 'd0000000-0000-0000-0000-000000000001'), ('limpieza-dental', 'd0000000-0000-0000-0000-000000000002'),
      ('blanqueamiento', 'd0000000-0000-0000-0000-000000000001'), ('implante', 'd0000000-0000-0000-0000-000000000001'),
      ('ortodoncia', 'd0000000-0000-0000-0000-000000000002'), ('valoracion', 'd0000000-0000-0000-0000-000000000001'),
      ('valoracion', 'd0000000-0000-0000-0000-000000000002')) d (slug, staff_id) on d.slug = s.slug
   where s.tenant_id = 'a0000000-0000-0000-0000-000000000001'
  on conflict do nothing;
insert into staff_hours (tenant_id, staff_id, branch_id, weekday, opens, closes)
  select 'a0000000-0000-0000-0000-000000000001', 'd0000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000001', h.*
    from (values (1, '09:00'::time, '14:00'::time), (3, '09:00', '14:00'), (3, '16:00', '19:00'), (5, '16:00', '19:00')) h
  on conflict do nothing;
insert into faqs (tenant_id, id, question, answer, display_order) values
  ('a0000000-0000-0000-0000-000000000001', 'f0000000-0000-0000-0000-000000000001', '¿Aceptan tarjeta?',
    'Sí, aceptamos tarjetas de crédito y débito, efectivo y transferencia.', 1),
  ('a0000000-0000-0000-0000-000000000001', 'f0000000-0000-0000-0000-000000000002', '¿Atienden urgencias?',
    'Sí, el mismo día dentro del horario; llame y le damos prioridad.', 2),
  ('a0000000-0000-0000-0000-000000000001', 'f0000000-0000-0000-0000-000000000003', '¿Tienen estacionamiento?',
    'Sí, gratuito para pacientes frente a la clínica.', 3)
  on conflict do nothing;
insert into ai_tenant_context (tenant_id, system_prompt, response_style) values
  ('a0000000-0000-0000-0000-000000000001',
    'Eres la recepcionista virtual de ESVA Dental Clinic en Nogales. Ayudas a agendar y a resolver dudas.',
    'professional_friendly')
  on conflict do nothing;
insert into channel_connections (tenant_id, id, branch_id, channel, status, connection_name, whatsapp_phone_number_id,
    whatsapp_business_account_id, connected_at) values
  ('a0000000-0000-0000-0000-000000000001', 'c0000000-0000-0000-0000-000000000001',
    'b0000000-0000-0000-0000-000000000001', 'whatsapp', 'connected', 'WhatsApp ESVA', '100000000000001',
    '200000000000001', now())
  on conflict do nothing;
insert into channel_connections (tenant_id, id, branch_id, channel, status, connection_name, login,
    instagram_account_id, instagram_page_id, facebook_page_id, tiktok_client_key, tiktok_open_id, connected_at) values
  ('a0000000-0000-0000-0000-000000000001', 'c0000000-0000-0000-0000-000000000011', 'b0000000-0000-0000-0000-000000000001', 'tiktok', 'connected',
    'TikTok ESVA', null, null, null, null, 'dev_tiktok_client_key', 'dev_esva_open_id', now()),
  ('a0000000-0000-0000-0000-000000000001', 'c0000000-0000-0000-0000-000000000013', 'b0000000-0000-0000-0000-000000000001', 'instagram', 'connected',
    'Instagram ESVA', 'instagram', '17841400000000001', '300000000000001', null, null, null, now()),
  ('a0000000-0000-0000-0000-000000000001', 'c0000000-0000-0000-0000-000000000014', 'b0000000-0000-0000-0000-000000000001', 'facebook', 'connected',
    'Messenger ESVA', null, null, null, '300000000000001', null, null, now())
  on conflict do nothing;
-- Not served yet; here so that its development secrets have a place.
insert into channel_connections (tenant_id, id, branch_id, channel, status, connection_name) values
  ('a0000000-0000-0000-0000-000000000001', 'c0000000-0000-0000-0000-000000000012',
    'b0000000-0000-0000-0000-000000000001', 'voice', 'pending', 'Recepción ESVA')
  on conflict do nothing;

select set_config('app.tenant_id', 'a0000000-0000-0000-0000-000000000002', true);

insert into tenants (id, name, slug, vertical, plan, settings, onboarded_at) values
  ('a0000000-0000-0000-0000-000000000002', 'La Fonda de Doña Chela', 'la-fonda', 'restaurant', 'essentials',
    '{"timezone": "America/Mexico_City"}', now())
  on conflict (id) do nothing;
insert into branches (tenant_id, id, name, slug, address, city, state, phone, timezone, is_headquarters, places, operating_hours)
  values ('a0000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000002', 'Centro', 'centro',
    'Calle Madero 45', 'Puebla', 'Puebla', '+522221234567', 'America/Mexico_City', true, 8,
    '{"monday": [], "tuesday": [{"open": "13:00", "close": "22:00"}], "wednesday": [{"open": "13:00", "close": "22:00"}],
      "thursday": [{"open": "13:00", "close": "22:00"}], "friday": [{"open": "13:00", "close": "23:30"}],
      "saturday": [{"open": "13:00", "close": "23:30"}], "sunday": [{"open": "13:00", "close": "19:00"}]}')
  on conflict do nothing;
insert into user_roles (tenant_id, id, user_id, role) values
  ('a0000000-0000-0000-0000-000000000002', 'e0000000-0000-0000-0000-000000000021', 'e0000000-0000-0000-0000-000000000002', 'owner'),
  ('a0000000-0000-0000-0000-000000000002', 'e0000000-0000-0000-0000-000000000022', 'e0000000-0000-0000-0000-000000000003', 'manager')
  on conflict do nothing;
insert into services (tenant_id, name, slug, short_description, category, price_min, price_max, duration_minutes,
    display_order, is_bookable) values
  ('a0000000-0000-0000-0000-000000000002', 'Reservación de mesa', 'mesa', 'Mesa para comer o cenar, hasta 12 personas',
    'reservaciones', 0, 0, 90, 1, true),
  ('a0000000-0000-0000-0000-000000000002', 'Mole poblano', 'mole', 'Con pollo, arroz y tortillas hechas a mano', 'platos',
    185, 185, 30, 2, false),
  ('a0000000-0000-0000-0000-000000000002', 'Chiles en nogada', 'chiles', 'De temporada, julio a septiembre', 'platos',
    260, 260, 30, 3, false)
  on conflict do nothing;
insert into faqs (tenant_id, id, question, answer, display_order) values
  ('a0000000-0000-0000-0000-000000000002', 'f0000000-0000-0000-0000-000000000011', '¿Tienen opciones vegetarianas?',
    'Sí: enchiladas de flor de calabaza, sopa azteca sin carne y ensaladas.', 1),
  ('a0000000-0000-0000-0000-000000000002', 'f0000000-0000-0000-0000-000000000012', '¿Hacen entregas a domicilio?',
    'Por el momento solo para llevar, recogiendo en el restaurante.', 2)
  on conflict do nothing;
insert into ai_tenant_context (tenant_id, system_prompt) values
  ('a0000000-0000-0000-0000-000000000002',
    'Eres quien atiende los mensajes de La Fonda de Doña Chela. Tomas reservaciones y respondes sobre el menú.')
  on conflict do nothing;
insert into channel_connections (tenant_id, id, branch_id, channel, status, connection_name, whatsapp_phone_number_id,
    whatsapp_business_account_id, connected_at) values
  ('a0000000-0000-0000-0000-000000000002', 'c0000000-0000-0000-0000-000000000002',
    'b0000000-0000-0000-0000-000000000002', 'whatsapp', 'connected', 'WhatsApp La Fonda', '100000000000002',
    '200000000000002', now())
  on conflict do nothing;
insert into channel_connections (tenant_id, id, branch_id, channel, status, connection_name, login,
    instagram_account_id, instagram_page_id, facebook_page_id, tiktok_client_key, tiktok_open_id, connected_at) values
  ('a0000000-0000-0000-0000-000000000002', 'c0000000-0000-0000-0000-000000000021', 'b0000000-0000-0000-0000-000000000002', 'tiktok', 'connected',
    'TikTok La Fonda', null, null, null, null, 'dev_tiktok_client_key', 'dev_fonda_open_id', now()),
  ('a0000000-0000-0000-0000-000000000002', 'c0000000-0000-0000-0000-000000000023', 'b0000000-0000-0000-0000-000000000002', 'instagram', 'connected',
    'Instagram La Fonda', 'page', '17841400000000002', '300000000000002', null, null, null, now()),
  ('a0000000-0000-0000-0000-000000000002', 'c0000000-0000-0000-0000-000000000024', 'b0000000-0000-0000-0000-000000000002', 'facebook', 'connected',
    'Messenger La Fonda', null, null, null, '300000000000002', null, null, now())
  on conflict do nothing;
-- Its till, as far as it was synchronised.
insert into integration_connections (tenant_id, id, branch_id, integration_type, status, connection_name, auth_type, sync_enabled,
    sync_products, connected_at, last_sync_at) values
  ('a0000000-0000-0000-0000-000000000002', '10000000-0000-0000-0000-000000000002', 'b0000000-0000-0000-0000-000000000002', 'square',
    'connected', 'Caja', 'oauth2', true, true, now(), now())
  on conflict do nothing;
insert into external_products (tenant_id, integration_id, external_id, external_source, name, description, category, price, is_available) values
  ('a0000000-0000-0000-0000-000000000002', '10000000-0000-0000-0000-000000000002', 'p-1', 'square', 'Café de olla', 'Con piloncillo y canela', 'Bebidas', 45, true),
  ('a0000000-0000-0000-0000-000000000002', '10000000-0000-0000-0000-000000000002', 'p-2', 'square', 'Agua de jamaica', 'Jarra de un litro', 'Bebidas', 60, true),
  ('a0000000-0000-0000-0000-000000000002', '10000000-0000-0000-0000-000000000002', 'p-3', 'square', 'Mole poblano', 'Con pollo y arroz', 'Platos', 185, true),
  ('a0000000-0000-0000-0000-000000000002', '10000000-0000-0000-0000-000000000002', 'p-4', 'square', 'Pozole', 'Solo los jueves', 'Platos', 140, false)
  on conflict do nothing;
commit;
