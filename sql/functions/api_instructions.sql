-- A business's own instructions for its assistant, beside `ai_tenant_context.system_prompt`.

create or replace function instruction_json(i ai_custom_instructions) returns jsonb
language sql stable as $$ select to_jsonb(i) - 'tenant_id' $$;

-- {"branch_id"?, "instruction_type", "title", "instruction", "examples"?, "priority"?, "is_active"?, "include_in_prompt"?}, if
-- there are fewer than p_most. Outcomes: added, too_many, unknown_branch.
create or replace function add_instruction(p_wish jsonb, p_most int) returns table (outcome text, id uuid)
language plpgsql as $$
declare
  v_tenant uuid := require_tenant(current_tenant());
  w ai_custom_instructions;
begin
  -- Two at once do not make one too many.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant::text || '|instructions', 2));
  w := jsonb_populate_record(null::ai_custom_instructions, p_wish);
  outcome := case
    when w.branch_id is not null and not exists (select from branches b where b.tenant_id = v_tenant and b.id = w.branch_id)
      then 'unknown_branch'
    when (select count(*) from ai_custom_instructions i where i.tenant_id = v_tenant) >= p_most then 'too_many'
    else 'added' end;
  if outcome = 'added' then
    insert into ai_custom_instructions as i (tenant_id, branch_id, instruction_type, title, instruction, examples, priority,
        is_active, include_in_prompt)
      values (v_tenant, w.branch_id, w.instruction_type, w.title, w.instruction, nullif(w.examples, ''),
        coalesce(w.priority, 0), coalesce(w.is_active, true), coalesce(w.include_in_prompt, true))
      returning i.id into id;
  end if;
  return next;
end $$;

-- Changes what is named, by column; null: there is no such instruction.
create or replace function change_instruction(p_id uuid, p_change jsonb) returns jsonb
language plpgsql as $$
declare
  v_tenant uuid := current_tenant();
  n ai_custom_instructions;
begin
  select * into n from ai_custom_instructions i where i.tenant_id = v_tenant and i.id = p_id for update;
  if n.id is null then return null; end if;
  n := jsonb_populate_record(n, p_change);
  update ai_custom_instructions i set instruction_type = n.instruction_type, title = n.title,
      instruction = n.instruction, examples = nullif(n.examples, ''), priority = n.priority, is_active = n.is_active,
      include_in_prompt = n.include_in_prompt
    where i.tenant_id = v_tenant and i.id = p_id returning i.* into n;
  return instruction_json(n);
end $$;
