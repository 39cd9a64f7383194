-- Why the assistant said what it said, for people who look.

-- One answer: {"job_id", "question": {"id", "content"} or null, "steps": [{"id", "ordinal", "kind", "name", "tool_use_id",
-- "input", "output", "is_error", "hands_over", "took_ms", "at", "stop_reason", "prompt_tokens", "cache_read_tokens",
-- "cache_write_tokens", "completion_tokens", "cost_usd": the last six null for a tool}], "messages": [{"id", "content",
-- "status", "error_code"}] that came of it, "total_tokens", "cost_usd"}.
-- In json, so that what the model said is told as it came.
create or replace function answer_json(p_conversation uuid, p_job uuid, p_question uuid) returns json
language plpgsql stable as $$
begin return (
  select json_build_object('job_id', p_job,
      'question', (select json_build_object('id', m.id, 'content', m.content) from messages m
        where m.tenant_id = current_tenant() and m.id = p_question),
      'steps', coalesce(json_agg(json_build_object('id', s.id, 'ordinal', s.ordinal, 'kind', s.kind, 'name', s.name,
          'tool_use_id', s.tool_use_id, 'input', s.input, 'output', s.output, 'is_error', s.is_error,
          'hands_over', s.hands_over, 'took_ms', s.took_ms, 'at', s.created_at, 'stop_reason', u.stop_reason,
          'prompt_tokens', u.prompt_tokens, 'cache_read_tokens', u.cache_read_tokens,
          'cache_write_tokens', u.cache_write_tokens, 'completion_tokens', u.completion_tokens, 'cost_usd', u.cost_usd)
        order by s.ordinal), '[]'),
      'messages', (select coalesce(json_agg(json_build_object('id', m.id, 'content', m.content, 'status', m.status,
            'error_code', m.error_code) order by m.id), '[]')
        from messages m
       where m.tenant_id = current_tenant() and m.conversation_id = p_conversation and m.id > p_question
         and m.answers_message_id = p_question and m.processed_by_job_id = p_job and m.role = 'assistant'),
      'total_tokens', coalesce(sum(u.total_tokens), 0), 'cost_usd', coalesce(sum(u.cost_usd), 0))
    from ai_steps s
    left join ai_usage_logs u on u.tenant_id = s.tenant_id and u.id = s.id and s.kind = 'call'
   where s.tenant_id = current_tenant() and s.job_id = p_job and s.question_id = p_question
); end $$;
