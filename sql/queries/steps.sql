-- name: answersBefore :many
-- What was done for a conversation's answers, the latest first: those whose first step is before that one, if one is named.
select answer_json(s.conversation_id, s.job_id, s.question_id) as "data!", s.created_at, s.id from ai_steps s
 where s.tenant_id = current_tenant() and s.conversation_id = :conversation_id and s.ordinal = 1
   and (:before?::uuid is null or s.id < :before)
 order by s.id desc limit :limit;

-- name: whyMessage :maybe
-- What was done for a message of the assistant's, or for the answer to a person's message; `answer` is null where no model
-- was asked, or where it is forgotten.
select message_json(m) || a.told as "message!", m.metadata as "metadata!",
    (select answer_json(s.conversation_id, s.job_id, s.question_id) from ai_steps s
      where s.tenant_id = m.tenant_id and s.conversation_id = m.conversation_id and s.ordinal = 1
        and case when m.role = 'assistant' then s.job_id = m.processed_by_job_id and s.question_id = m.answers_message_id
          else s.question_id = m.id end
      order by s.id desc limit 1) as answer
  from messages m
  join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
  cross join lateral message_attachments(m.tenant_id, m.id) a
 where m.tenant_id = current_tenant() and m.id = :id and (:only_branch?::uuid is null or c.branch_id = :only_branch);
