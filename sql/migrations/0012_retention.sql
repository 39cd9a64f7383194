-- How long what came in raw is kept, and what was erased.

comment on table channel_events is 'What arrived and is not a message, raw beside it; pruned after a stated time.';
