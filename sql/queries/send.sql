-- name: beginSend :one
-- Moves a message to `sending` if it may leave, and tells what the request needs (`sql/functions/send.sql`).
select verdict as "verdict!", reason, conversation_id, channel, connection_id, account_id, contact_kind, contact_address,
    content, reply_to, token_id, token, payload, wait_seconds, login, as_human
  from begin_send(:message_id, :attempt, :policy::jsonb);

-- name: endSend :one
-- Writes down what the platform answered; returns the message's state after all reports that came first, and how long it
-- has to wait if it may be tried again.
select status, wait_seconds
  from end_send(:message_id, :attempt, :state, :external_id?, :error_code?, :error_message?, :aliases::jsonb,
    :effects::jsonb);
