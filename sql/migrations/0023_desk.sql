-- Whether somebody of the business has taken the conversation at our own desk (typed, pressed the button, or switched the
-- assistant off): then it is not the assistant's again because another app of the account returns it. Giving it back ends it.
alter table conversations add column desk_has_it boolean not null default false;
