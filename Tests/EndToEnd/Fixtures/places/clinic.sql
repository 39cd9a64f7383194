-- A dental clinic with one branch, open every day, and two dentists. Its limpieza (45 min) is there already.
insert into branches (tenant_id, name, slug, address, city, state, phone, timezone, is_headquarters, operating_hours)
  select '{{tenant}}', 'Nogales Centro', 'nogales', 'Av. Obregón 123', 'Nogales', 'Sonora', '+526311234567',
      'America/Hermosillo', true,
      jsonb_object_agg(d, '[{"open": "09:00", "close": "14:00"}, {"open": "16:00", "close": "19:00"}]'::jsonb)
    from unnest('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]) d;
update channel_connections set branch_id = (select id from branches where tenant_id = '{{tenant}}') where id = '{{connection}}';
insert into services (tenant_id, name, slug, short_description, category, price_min, price_max, duration_minutes, display_order)
  values
    ('{{tenant}}', 'Blanqueamiento dental', 'blanqueamiento', 'En consultorio con luz LED', 'estética', 3500, 3500, 90, 2),
    ('{{tenant}}', 'Ortodoncia', 'ortodoncia', 'Brackets metálicos o estéticos', 'ortodoncia', 18000, 35000, 60, 3);
insert into staff (tenant_id, first_name, last_name, display_name, email, role, role_title)
  values
    ('{{tenant}}', 'Alberto', 'Estrella', 'Dr. Alberto Estrella', 'alberto@{{slug}}.example', 'dentist', 'Director'),
    ('{{tenant}}', 'Lucía', 'Valdez', 'Dra. Lucía Valdez', 'lucia@{{slug}}.example', 'specialist', 'Ortodoncista'),
    ('{{tenant}}', 'Rosa', 'Mena', 'Rosa Mena', 'rosa@{{slug}}.example', 'receptionist', 'Recepción');
insert into staff_branches (tenant_id, staff_id, branch_id, is_primary)
  select s.tenant_id, s.id, b.id, true from staff s join branches b using (tenant_id) where s.tenant_id = '{{tenant}}';
-- Cleaning by the director only: one at a time.
insert into staff_services (tenant_id, staff_id, service_id)
  select s.tenant_id, s.id, v.id from staff s join services v using (tenant_id)
   where s.tenant_id = '{{tenant}}' and (s.first_name, v.slug) in (('Alberto', 'limpieza'), ('Alberto', 'blanqueamiento'),
     ('Lucía', 'ortodoncia'));
insert into faqs (tenant_id, question, answer, display_order) values
  ('{{tenant}}', '¿Aceptan tarjeta?', 'Sí, tarjetas de crédito y débito, efectivo y transferencia.', 1),
  ('{{tenant}}', '¿Tienen estacionamiento?', 'Sí, gratuito para pacientes.', 2);
insert into ai_tenant_context (tenant_id, system_prompt, auto_escalate_after_messages, escalation_keywords, max_tokens)
  values ('{{tenant}}', 'Eres la recepcionista virtual de la clínica.', 0, '{urgente,queja}', 1500);
