-- name: turnToScore :one
-- What a person has said since it was last looked at, and what is needed to judge it; null: nothing.
select turn_to_score(:conversation_id) as turn;

-- name: scoreTurn :exec
-- Counts what a turn came to, once.
select score_turn(:conversation_id, :turn::jsonb);

-- name: recordLeadSignals :one
-- What Claude made of a person's message.
select score, classification, unknown_services
  from record_lead_signals(:lead_id, :conversation_id, :message_id, :said::jsonb);

-- name: leadScore :maybe
-- A person's score with its reasons, the latest first; from before the change :before on.
select l.score as "score!", l.classification as "classification!", coalesce(a.scoring_policy, 'signals') as "policy!",
    (select coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'at', h.created_at, 'previous_score', h.previous_score,
          'new_score', h.new_score, 'score_change', h.score_change,
          'points', coalesce((h.metadata ->> 'points')::int, h.score_change),
          'previous_classification', h.previous_classification, 'new_classification', h.new_classification,
          'signal', h.signal_name, 'reason', h.reason, 'source', h.change_source, 'message_id', h.triggered_by_message_id,
          'conversation_id', h.metadata ->> 'conversation_id', 'staff_id', h.changed_by_staff_id) order by h.id desc), '[]')
      from (select * from lead_score_history x where x.tenant_id = l.tenant_id and x.lead_id = l.id
        and (:before?::uuid is null or x.id < :before) order by x.id desc limit :limit) h) as "history!"
  from leads l left join ai_tenant_context a on a.tenant_id = l.tenant_id
 where l.tenant_id = current_tenant() and l.id = :id and l.merged_into_id is null
   and (:only_branch?::uuid is null or l.branch_id = :only_branch);
