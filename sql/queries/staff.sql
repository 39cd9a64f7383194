-- name: sendStaffMessage :one
-- Stores what somebody of the business wrote, with the job that sends it, and silences the assistant; null if there is
-- no such conversation.
select send_staff_message(:conversation_id, :content, :staff_id?, :request_id?);

-- name: handBackConversation :one
-- Gives a conversation back to the assistant; false if there is none to give back.
select hand_back_conversation(:conversation_id) as "handed!";
