-- The rest of the integration guide's tables for messaging, under its names.

comment on table leads is 'People who wrote, or may write: the guide''s leads.';
