-- Four platforms: what the three that came later need.

alter table channel_connections
  -- By whose login an Instagram account was connected: it decides where messages are sent and as whom. null: its page's.
  add column login text check (login is null or (login in ('page', 'instagram') and channel = 'instagram')),
  -- The platform's id of who sends, where it is another than that of who receives.
  add column sending_id text generated always as (case channel
    when 'whatsapp' then whatsapp_phone_number_id
    when 'instagram' then case when login = 'instagram' then instagram_account_id
      else coalesce(instagram_page_id, instagram_account_id) end
    when 'facebook' then facebook_page_id
    when 'tiktok' then tiktok_open_id end) stored,
  -- The platform has approved that people write later than programs may (HUMAN_AGENT).
  add column human_agent_enabled boolean not null default false,
  -- When a genuine request came last, and how many came that were signed with none of our secrets.
  add column last_webhook_at timestamptz,
  add column signature_failures int not null default 0,
  add column last_signature_failure_at timestamptz;

-- The wall holds for the owner too while it is forced.
alter table channel_connections no force row level security;
update channel_connections set login = 'page' where channel = 'instagram';

alter table conversations
  -- Of the business's apps the one that has the conversation now; null: ours.
  add column thread_owner text,
  -- By the platform's clock: news of it come in any order.
  add column thread_since timestamptz,
  -- Watermarks: everything of ours up to then was delivered to the person, and read.
  add column delivered_until timestamptz,
  add column read_until timestamptz;

-- How much was said to a person lately (limits of so many messages since they wrote), without reading what they said.
create index messages_said on messages (tenant_id, conversation_id, id) where role <> 'user';
-- A person's conversations at an account, whichever is open.
create index conversations_of on conversations (tenant_id, lead_id, channel_connection_id);

alter table messages
  -- When its request left at the earliest.
  add column attempted_at timestamptz;

-- How often the platform was asked whether it has the message after all.
alter table sends_in_doubt add column looks smallint not null default 0;
