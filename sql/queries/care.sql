-- name: channelDetails :many
-- The tenant's accounts with all that people may see of them: the ends of their secrets, how they are, what waits. Not those
-- where others speak.
select cc.id as "id!", cc.channel as "channel!", cc.account_number as "account_number!", cc.account_id, cc.branch_id,
    cc.status as "status!", cc.ai_enabled as "ai_enabled!", cc.connection_name, cc.account_name,
    cc.is_personal_brand as "is_personal_brand!", cc.whatsapp_phone_number_id, cc.whatsapp_business_account_id,
    cc.instagram_account_id, cc.instagram_page_id, cc.instagram_username, cc.facebook_page_id, cc.facebook_page_name,
    cc.tiktok_business_id, cc.tiktok_client_key, cc.tiktok_open_id, cc.first_message_delay_seconds,
    cc.subsequent_message_delay_seconds, cc.ai_personality_override, cc.custom_instructions_override, cc.quality,
    cc.messaging_limit, cc.error_count as "error_count!", cc.last_message_at, cc.last_error_at, cc.last_error_message,
    cc.stopped_code, cc.stopped_at, cc.connected_at, cc.disconnected_at, cc.created_at as "created_at!",
    cc.updated_at as "updated_at!", cc.login, cc.meta_app_id, cc.human_agent_enabled as "human_agent_enabled!",
    cc.echo_takes_over as "echo_takes_over!", cc.last_webhook_at,
    cc.signature_failures as "signature_failures!", cc.last_signature_failure_at, cc.tested_at, cc.test_result, cc.owned_at,
    t.slug as "slug!", b.name as "branch_name?", b.city as "branch_city?", b.is_headquarters as "branch_headquarters?",
    (select jsonb_object_agg(h.kind, jsonb_build_object('hint', '••••' || coalesce(h.hint, ''), 'expires_at', h.expires_at)
        order by h.kind)
      from secret_hints h where h.tenant_id = cc.tenant_id and h.channel_connection_id = cc.id) as secrets
  from channel_connections cc
  join tenants t on t.id = cc.tenant_id
  left join branches b on b.tenant_id = cc.tenant_id and b.id = cc.branch_id
 where cc.tenant_id = current_tenant() and cc.channel not in ('webchat', 'voice')
   and cc.id = coalesce(:id?, cc.id) and cc.channel = coalesce(:channel?, cc.channel)
   and cc.account_number = coalesce(:account_number?, cc.account_number)
 order by cc.channel, cc.account_number, cc.id limit :limit;

-- name: addChannel :one
-- Makes an account, or brings one back that was disconnected.
select add_channel(:fields::jsonb) as "id!";

-- name: changeChannel :one
-- False: there is no such account that is not disconnected.
select change_channel(:connection_id, :fields::jsonb) as "changed!";

-- name: connectChannel :one
-- From now on it speaks, if it was not yet connected and has its id.
select connect_channel(:connection_id) as "connected!";

-- name: disconnectChannel :one
select disconnect_channel(:connection_id) as "found!";

-- name: channelToTest :maybe
-- What a look at an account needs.
select cc.channel as "channel!", cc.account_id, cc.whatsapp_business_account_id, cc.instagram_page_id, cc.facebook_page_id,
    cc.login, cc.meta_app_id, cc.tiktok_client_key, cc.last_webhook_at is not null as "heard!", t.slug as "slug!",
    k.id as token_id, k.sealed as token, s.id as secret_id, s.sealed as secret
  from channel_connections cc
  join tenants t on t.id = cc.tenant_id
  left join outbound_tokens k on k.tenant_id = cc.tenant_id and k.channel_connection_id = cc.id and k.kind = 'access_token'
  left join outbound_tokens s on s.tenant_id = cc.tenant_id and s.channel_connection_id = cc.id and s.kind = 'client_secret'
 where cc.tenant_id = current_tenant() and cc.id = :connection_id and cc.status <> 'disconnected';

-- name: noteChannelTest :count
-- What a look at an account found; 0: it is another account by now than the one that was looked at, or disconnected.
update channel_connections set tested_at = app_now(), test_result = :result::jsonb
 where tenant_id = current_tenant() and id = :connection_id and status <> 'disconnected'
   and row(account_id, whatsapp_business_account_id, instagram_page_id, facebook_page_id, login) is not distinct from
     row(:account_id?::text, :business_id?::text, :instagram_page_id?::text, :facebook_page_id?::text, :login?::text);

-- name: takeAccount :one
-- Gives the account to this business, whose token has opened it (`take_account`).
select verdict as "verdict!", other_tenant, other_connection from take_account(:connection_id, :token_stops::text[]);

-- name: settleAlerts :exec
-- Closes the open alerts of these kinds of an account.
select resolve_alerts(:connection_id, :kinds::text[]);

-- name: channelAt :maybe
-- The account in a place: the branch's, or the whole business's. There is at most one.
select cc.id, cc.status from channel_connections cc
 where cc.tenant_id = current_tenant() and cc.channel = :channel and cc.account_number = :account_number
   and cc.branch_id is not distinct from :branch_id?;

-- name: channelWaits :one
-- What waits at an account: messages to leave, and people who have to act.
select (select count(*) from jobs j where j.tenant_id = current_tenant() and j.status = 'pending'
      and j.job_type like 'send\_%' and j.payload ->> 'channel_connection_id' = :connection_id::uuid::text) as "sends!",
    (select count(*) from alerts a where a.tenant_id = current_tenant() and a.channel_connection_id = :connection_id
      and a.resolved_at is null and a.severity = 'act') as "alerts!";

-- name: requestJob :maybe
-- Puts a job into the queue, or finds its twin that still waits.
select request_job(:job::jsonb) as id;

-- name: findJob :maybe
select id, job_type, status, priority, attempts, max_attempts, scheduled_for, created_at, started_at, completed_at, lane,
    unique_key, request_id, payload, result, error_message
  from jobs where tenant_id = current_tenant() and id = :id;

-- name: takeWait :one
-- Whether the caller is the only one of the business who waits for a job, until its transaction ends.
select pg_try_advisory_xact_lock(hashtextextended('tistis|wait|' || current_tenant(), 0)) as "taken!";

-- name: takeLongWait :one
-- Whether the caller is the only one of the installation who waits long, until its transaction ends.
select pg_try_advisory_xact_lock(hashtextextended('tistis|long wait', 0)) as "taken!";

-- name: tenantJobs :many
-- The tenant's jobs, the latest first.
select id, job_type, status, attempts, max_attempts, scheduled_for, completed_at, error_message
  from jobs
 where tenant_id = current_tenant() and status = coalesce(:status?, status) and job_type = coalesce(:kind?, job_type)
 order by id desc limit :limit;

-- name: cancelJob :one
-- Gives up a job that waits; false: it is not pending, or it is a message's.
select cancel_job(:id) as "cancelled!";

-- name: findDeadLetter :maybe
-- What was parked, whole.
select id, channel, status, error_message, retry_count, last_retry_at, created_at, resolved_at, payload
  from webhook_dead_letters where tenant_id = current_tenant() and id = :id;

-- name: consentsOf :many
-- What a person allows us to send, by channel; no row for a channel: nothing was said.
select channel, scope, state, source, said_at, not_before from contact_consents
 where tenant_id = current_tenant() and lead_id = :lead_id order by channel, scope;

-- name: leadExists :one
select exists (select 1 from leads l where l.tenant_id = current_tenant() and l.id = :lead_id
  and l.branch_id is not distinct from coalesce(:only_branch?, l.branch_id)) as "there!";

-- name: setConsent :one
-- Writes down a person's word as staff heard it; whether it changed anything.
select set_consent(:lead_id, :channel, 'marketing', :state, 'staff', app_now()) as "changed!";

-- name: channelAssistant :maybe
-- How the assistant speaks on an account: the account's word, else the business's, else ours.
select jsonb_build_object('channel_id', cc.id, 'channel', cc.channel, 'account_number', cc.account_number,
    'account_name', cc.account_name, 'is_personal_brand', cc.is_personal_brand,
    'ai_enabled', cc.ai_enabled and coalesce(a.ai_enabled, true),
    'ai_personality', coalesce(cc.ai_personality_override, a.response_style, 'professional'),
    'first_message_delay_seconds', coalesce(cc.first_message_delay_seconds, a.default_first_message_delay, 2),
    'subsequent_message_delay_seconds', coalesce(cc.subsequent_message_delay_seconds, a.default_subsequent_message_delay, 2),
    'custom_instructions', coalesce(cc.custom_instructions_override, a.system_prompt),
    'use_emojis', coalesce(a.use_emojis, false), 'ai_temperature', coalesce(a.temperature, 0.7),
    'max_tokens', coalesce(a.max_tokens, 500), 'escalation_keywords', to_jsonb(coalesce(a.escalation_keywords, '{}')),
    'max_turns_before_escalation', coalesce(a.auto_escalate_after_messages, 0),
    'escalate_on_hot_lead', coalesce(a.escalate_on_hot_lead, false),
    'supported_languages', to_jsonb(coalesce(a.supported_languages, '{es}')),
    'default_language', coalesce(a.default_language, 'es')) as "config!"
  from channel_connections cc
  left join ai_tenant_context a on a.tenant_id = cc.tenant_id
 where cc.tenant_id = current_tenant() and cc.id = :connection_id;
