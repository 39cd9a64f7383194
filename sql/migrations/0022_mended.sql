-- Of a file of ours: the branch of who took it in, if they see one branch only. They go on seeing it whatever account it is for.
alter table media_files
  add column branch_id uuid,
  add foreign key (tenant_id, branch_id) references branches (tenant_id, id) on delete set null (branch_id);
create index media_files_unsent on media_files (tenant_id, id) where message_id is null;

-- Since when it is known that the account is the tenant's: an administrator entered it, or the platform has shown (a
-- `test_channel` that found nothing wrong) that the tenant's token opens it. Before that the webhook that all tenants share
-- gives it nothing, or whoever enters somebody else's page first would get its customers' messages.
alter table channel_connections add column owned_at timestamptz default now();
