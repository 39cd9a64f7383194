-- Two branches, which do not have the same dentists; the account belongs to neither.
insert into branches (tenant_id, name, slug, address, city, phone, timezone, is_headquarters, operating_hours)
  select '{{tenant}}', b.name, b.slug, b.address, b.city, b.phone, b.zone, b.slug = 'nogales',
      jsonb_object_agg(d, '[{"open": "09:00", "close": "18:00"}]'::jsonb)
    from unnest('{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]) d,
      (values ('Nogales Centro', 'nogales', 'Av. Obregón 123', 'Nogales', '+526311234567', 'America/Hermosillo'),
        ('Tijuana Zona Río', 'tijuana', 'Paseo de los Héroes 9', 'Tijuana', '+526641234567', 'America/Tijuana'))
        b (name, slug, address, city, phone, zone)
   group by b.name, b.slug, b.address, b.city, b.phone, b.zone;
insert into staff (tenant_id, first_name, last_name, display_name, email, role)
  values ('{{tenant}}', 'Alberto', 'Estrella', 'Dr. Alberto Estrella', 'alberto@{{slug}}.example', 'dentist'),
    ('{{tenant}}', 'Lucía', 'Valdez', 'Dra. Lucía Valdez', 'lucia@{{slug}}.example', 'dentist');
insert into staff_branches (tenant_id, staff_id, branch_id, is_primary)
  select s.tenant_id, s.id, b.id, true from staff s join branches b using (tenant_id)
   where s.tenant_id = '{{tenant}}' and (s.first_name, b.slug) in (('Alberto', 'nogales'), ('Lucía', 'tijuana'));
insert into staff_services (tenant_id, staff_id, service_id)
  select s.tenant_id, s.id, v.id from staff s join services v using (tenant_id) where s.tenant_id = '{{tenant}}';
insert into ai_tenant_context (tenant_id, system_prompt, auto_escalate_after_messages)
  values ('{{tenant}}', 'Eres la recepcionista virtual de la clínica.', 0);
