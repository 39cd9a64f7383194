-- name: beginSend :one
-- Moves a message to `sending` if it may leave, and tells what the request needs (`sql/functions/send.sql`).
select verdict as "verdict!", reason, conversation_id, channel, connection_id, account_id, contact_kind, contact_address,
    content, reply_to, token_id, token, payload
  from begin_send(:message_id, :attempt, :policy::jsonb);

-- name: endSend :one
-- Writes down what the platform answered; returns the message's state after all reports that came first.
select end_send(:message_id, :state, :external_id?, :error_code?, :error_message?, :aliases::jsonb);

-- name: stopChannel :exec
-- Nothing leaves this account until a person acts.
select stop_channel(:connection_id, :error);
