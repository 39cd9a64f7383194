alter table conversations
  -- Who wrote while it was closed was told when it opens: until then they need not have been answered.
  add column promised_for timestamptz,
  -- How sure the assistant was of its own answer when it handed over for that.
  add column escalation_confidence numeric(3, 2) check (escalation_confidence between 0 and 1);

-- 'closed': a promise made while it was closed could not be kept.
alter table conversations drop constraint conversations_escalated_by_check;
alter table conversations add constraint conversations_escalated_by_check check (escalated_by in ('tool', 'keyword',
  'messages', 'confidence', 'failure', 'hot_lead', 'n8n', 'budget', 'closed'));
