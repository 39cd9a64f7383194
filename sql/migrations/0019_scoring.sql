-- Scores, and what the answering may cost.

alter table ai_tenant_context
  -- By what people say, or by what they do (`Rules/LeadScoring`).
  add column scoring_policy text not null default 'signals' check (scoring_policy in ('signals', 'interactions')),
  -- What a month's answers may cost and take; null: as much as they do.
  add column monthly_budget_usd numeric(12, 4) check (monthly_budget_usd >= 0),
  add column monthly_token_budget bigint check (monthly_token_budget >= 0);

-- The person's last message that was looked at for signals.
alter table conversations add column scored_message_id uuid;

-- The row of `lead_score_history` that says why the score is what it is.
alter table leads add column score_history_id uuid;

-- What a month came to, in the business's own time zone: kept with each call, so that asking for it reads one row.
create table ai_usage_months (
  tenant_id uuid not null references tenants on delete cascade,
  -- Its first day.
  month date not null,
  calls int not null default 0,
  prompt_tokens bigint not null default 0,
  cache_write_tokens bigint not null default 0,
  cache_read_tokens bigint not null default 0,
  completion_tokens bigint not null default 0,
  total_tokens bigint not null generated always as (prompt_tokens + completion_tokens) stored,
  cost_usd numeric(24, 12) not null default 0,
  primary key (tenant_id, month)
) with (fillfactor = 50);

create index ai_usage_logs_conversation on ai_usage_logs (tenant_id, conversation_id) where conversation_id is not null;

-- What every tenant begins with: the integration guide's seven signals. The others were the platform's before; they stay
-- to be switched on, but two lists at once would count the same words twice. Claude records signals by these names too,
-- and a message raises each of them once.
create or replace function seed_scoring_rules(p_tenant uuid) returns void
language sql as $$
  insert into ai_scoring_rules (tenant_id, is_global, signal_name, signal_display_name, points, detection_type,
      detection_config, category, evaluation_order, is_active)
    select p_tenant, true, r.name, r.display, r.points, r.type, r.config::jsonb, r.category, r.place, r.place <= 7
      from (values
        (1, 'interested', 'Muestra interés', 10, 'keyword', 'intent',
          '{"keywords": ["me interesa", "interesad", "informes", "más información", "cuánto cuesta", "cuánto cuestan",
            "cuánto sale", "precio", "quiero una cita", "quisiera una cita", "agendar", "reservar", "apartar",
            "interested", "how much", "book"]}'),
        (2, 'urgent', 'Tiene urgencia', 15, 'keyword', 'urgency',
          '{"keywords": ["urgente", "urgencia", "emergencia", "me urge", "lo antes posible", "cuanto antes", "hoy mismo",
            "dolor", "duele", "sangra", "urgent", "asap"]}'),
        (3, 'budget_mentioned', 'Habla de su presupuesto', 20, 'keyword', 'intent',
          '{"keywords": ["presupuesto de", "mi presupuesto", "puedo pagar", "puedo gastar", "dispuesto a pagar",
            "dispuesta a pagar", "my budget"]}'),
        (4, 'decision_maker', 'Decide', 15, 'keyword', 'demographics',
          '{"keywords": ["yo decido", "soy el dueño", "soy la dueña", "soy el encargado", "soy la encargada",
            "soy el gerente", "soy la gerente", "i decide", "i am the owner"]}'),
        (5, 'comparing', 'Compara opciones', 5, 'keyword', 'intent',
          '{"keywords": ["comparando", "comparar precios", "otras opciones", "otro lugar", "cotizando", "otra cotización",
            "comparing"]}'),
        (6, 'not_interested', 'No le interesa', -20, 'keyword', 'negative',
          '{"keywords": ["no me interesa", "no estoy interesad", "ya no quiero", "ya no me interesa", "no gracias",
            "not interested"]}'),
        (7, 'spam', 'Publicidad o basura', -50, 'keyword', 'negative',
          '{"keywords": ["gana dinero", "ganar dinero desde casa", "criptomoneda", "bitcoin", "inversión garantizada",
            "casino", "préstamo inmediato", "seguidores para", "seo services"]}'),
        (11, 'urgency_pain', 'Urgencia o dolor', 35, 'keyword', 'urgency',
          '{"keywords": ["dolor", "duele", "urgencia", "urgente", "emergencia", "sangra", "hinchad", "inflamad"]}'),
        (12, 'wants_appointment', 'Quiere una cita', 30, 'keyword', 'intent',
          '{"keywords": ["cita", "agendar", "reservar", "reservación", "apartar", "appointment", "book"]}'),
        (13, 'date_defined', 'Propone fecha u hora', 25, 'keyword', 'intent',
          '{"keywords": ["mañana", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "esta semana"]}'),
        (14, 'usa_patient', 'Viene de Estados Unidos', 25, 'keyword', 'demographics',
          '{"keywords": ["estados unidos", "usa", "arizona", "tucson", "phoenix", "california", "dólares"]}'),
        (15, 'high_value_treatment', 'Tratamiento de alto valor', 20, 'keyword', 'intent',
          '{"keywords": ["implante", "ortodoncia", "brackets", "corona", "carilla", "diseño de sonrisa"]}'),
        (16, 'high_engagement', 'Conversa mucho', 10, 'engagement', 'engagement', '{"min_messages": 5}'),
        (17, 'complete_info', 'Dejó sus datos', 10, 'attribute', 'engagement', '{"fields": ["full_name", "phone", "email"]}'),
        (18, 'just_browsing', 'Solo pregunta', -15, 'keyword', 'negative',
          '{"keywords": ["solo pregunto", "nada más pregunto", "solo quería saber", "just browsing"]}'),
        (19, 'price_shopping', 'Busca el precio más bajo', -10, 'keyword', 'negative',
          '{"keywords": ["más barato", "muy caro", "descuento", "cheaper"]}'),
        (20, 'comparing_options', 'Compara opciones', -10, 'keyword', 'negative',
          '{"keywords": ["comparando", "otras opciones", "otro lugar", "cotizando"]}'),
        (21, 'service_interest_detected', 'Preguntó por un servicio', 0, 'intent', 'intent', '{}'))
        r (place, name, display, points, type, category, config)
    on conflict (tenant_id, signal_name) do nothing
$$;

-- The owner stands behind the wall too, until policies.sql raises it again.
alter table tenants no force row level security;
alter table ai_scoring_rules no force row level security;
alter table ai_usage_logs no force row level security;
alter table branches no force row level security;
-- Whoever has changed one of the platform's old rules wants it.
update ai_scoring_rules set is_active = false where is_global and updated_at = created_at;
select seed_scoring_rules(id) from tenants;

insert into ai_usage_months (tenant_id, month, calls, prompt_tokens, cache_write_tokens, cache_read_tokens,
    completion_tokens, cost_usd)
  select u.tenant_id, date_trunc('month', u.created_at at time zone z.name)::date, count(*), sum(u.prompt_tokens),
      sum(u.cache_write_tokens), sum(u.cache_read_tokens), sum(u.completion_tokens), sum(u.cost_usd)
    from ai_usage_logs u
    join tenants t on t.id = u.tenant_id
    cross join lateral (select coalesce(t.settings ->> 'timezone', (select b.timezone from branches b
      where b.tenant_id = t.id and b.is_active order by b.is_headquarters desc, b.id limit 1),
      'America/Mexico_City') as name) z
   group by 1, 2;
