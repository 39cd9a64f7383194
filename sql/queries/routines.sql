-- name: askRoutine :many
-- Asks for a routine in every business that it concerns, or in one; whose it is now in the queue of.
select tenant_id as "tenant_id!", slug as "slug!" from ask_routine(:routine, :slug?);

-- name: listRoutines :many
-- When each routine was asked for last.
select name as "name!", asked_at as "asked_at!", tenants as "tenants!" from routines order by name;

-- name: lastMigratedAt :one
-- When the last release came.
select last_migrated_at() as "at";

-- name: remindersNear :many
-- Appointments of which somebody might have to be reminded (`sql/functions/reminders.sql`).
select appointment_id as "appointment_id!", scheduled_at as "scheduled_at!", booked_at as "booked_at!", morning as "morning!",
    local_minute as "local_minute!", day_told as "day_told!", hours_told as "hours_told!", now_is as "now_is!"
  from reminders_near(:hours, :morning_minute, :after, :after_id, :limit);

-- name: holdAppointment :maybe
-- Holds an appointment and the conversation in which its person is told of it; none: nobody is told anything any more.
select conversation_id, scheduled_at as "scheduled_at!", booked_at as "booked_at!", morning as "morning!",
    local_minute as "local_minute!", day_told as "day_told!", hours_told as "hours_told!",
    confirmation_told as "confirmation_told!", confirmation_text, reminder_text, now_is as "now_is!"
  from hold_appointment(:appointment_id, :ways::jsonb, :morning_minute);

-- name: noteTold :exec
-- Writes down that a person was told of an appointment, and by which message.
select note_told(:appointment_id, :message_id, :what, :until);

-- name: pressAppointment :maybe
-- The appointment that an answer is about, confirmed if asked; none: it is about none of theirs.
select outcome as "outcome!", appointment_id as "appointment_id!", service as "service!", weekday as "weekday!",
    day as "day!", month as "month!", clock as "clock!", branch_id as "branch_id!", service_id, staff_id
  from press_appointment(:conversation_id, :question_id, :appointment_id?, :seconds, :confirm);

-- name: numberedBefore :one
-- What the numbered lines of our last words before a person's message stand for; null: these had none.
select numbered_before(:conversation_id, :question_id, :seconds);

-- name: followUpsNear :many
-- People who fell silent (`sql/functions/follow_ups.sql`).
select lead_id as "lead_id!", conversation_id as "conversation_id!", last_said as "last_said!", last_at,
    attempts as "attempts!", open_until, local_minute as "local_minute!", now_is as "now_is!"
  from follow_ups_near(:rule::jsonb, null, :after, :limit);

-- name: holdFollowUp :maybe
-- Holds the conversation of somebody who fell silent; none: they are not to be asked any more.
select silent_since as "silent_since!", last_said as "last_said!", last_at, attempts as "attempts!", open_until,
    local_minute as "local_minute!", service as "service!", own_words, now_is as "now_is!"
  from hold_follow_up(:rule::jsonb, :lead_id, :conversation_id);

-- name: noteFollowUp :exec
-- Writes down that somebody who fell silent was asked, and by which message.
select note_follow_up(:lead_id, :message_id, :silent_since, :attempts, :until);

-- name: giveUpFollowUp :one
-- All attempts were in vain: whether the person is cold now.
select give_up_follow_up(:lead_id, :conversation_id, :reason) as "cold!";

-- name: declineFollowUp :one
-- Somebody says no to a follow-up; false: there was none.
select decline_follow_up(:conversation_id, :question_id, :pressed) as "declined!";

-- name: expire :one
-- What is over, at most so many of each.
select confirmations as "confirmations!", requests as "requests!", counters as "counters!", prune_holds(:limit) as "holds!"
  from expire(:answer_seconds, :limit);

-- name: accountsToSync :many
-- The tenant's WhatsApp Business Accounts that can be asked for their templates, each with one of its numbers.
select distinct on (cc.whatsapp_business_account_id) cc.id as "id!"
  from channel_connections cc
  join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id and k.kind = 'access_token'
 where cc.tenant_id = current_tenant() and cc.channel = 'whatsapp' and cc.whatsapp_business_account_id is not null
   and cc.status = 'connected'
 order by cc.whatsapp_business_account_id, cc.id;

-- name: routineSettings :one
-- What a business wants done by the clock, and in which words.
select coalesce(x.reminders_enabled, true) as "reminders!", coalesce(x.follow_ups_enabled, true) as "follow_ups!",
    x.confirmation_text, x.reminder_text, x.follow_up_text
  from (select current_tenant() as id) t left join ai_tenant_context x on x.tenant_id = t.id;

-- name: setRoutine :exec
-- Changes what is given; an empty text makes it ours again.
select set_routine(:reminders?::boolean, :follow_ups?::boolean, :confirmation_text?::text, :reminder_text?::text,
  :follow_up_text?::text);
