-- name: sendStaffMessage :one
-- Stores what somebody of the business, or a program of theirs, says, in parts with the jobs that send them, and silences
-- the assistant; null if there is no such conversation, or none of the branch that is named.
select send_staff_message(:conversation_id, :parts::jsonb, :staff_id?, :request_id?, :automatic::boolean, :only_branch?);

-- name: accountOfConversation :maybe
-- Where a conversation takes place, and the business's language.
select c.channel as "channel!", c.channel_connection_id as "connection_id!", coalesce(a.default_language, 'es') as "language!"
  from conversations c left join ai_tenant_context a on a.tenant_id = c.tenant_id
 where c.tenant_id = current_tenant() and c.id = :conversation_id;

-- name: handBackConversation :one
-- Gives a conversation back to the assistant; false if there is none to give back.
select hand_back_conversation(:conversation_id) as "handed!";

-- name: listConversations :many
-- The tenant's conversations, the latest first.
select c.id, c.status, c.ai_handling, c.channel, c.contact_address, l.name as "name?"
  from conversations c join leads l on l.tenant_id = c.tenant_id and l.id = c.lead_id
 where c.tenant_id = current_tenant() order by c.last_message_at desc nulls last, c.id limit :limit;
