-- Whether a message that the account sent past us (the platform's app, another program) silences the assistant. False where
-- the platform itself answers everybody first (instant replies, away messages): then only our own desk takes over.
alter table channel_connections add column echo_takes_over boolean not null default true;
