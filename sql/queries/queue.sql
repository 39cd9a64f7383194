-- name: workerHeartbeat :one
-- Says that a worker lives; true when another came after it, so that it should drain.
select worker_heartbeat(:worker_id, :name, :kind?, :lease_seconds) as "superseded!";

-- name: workerStopped :exec
select worker_stopped(:worker_id);

-- name: recoverJobs :one
-- Gives back the jobs of workers that stopped without a word; returns how many.
select recover_jobs(:lease_seconds) as "recovered!";

-- name: claimJobs :many
-- Takes up to :limit due jobs that became ready since then, turn by turn among the tenants.
select tenant_id as "tenant_id!", id as "id!", job_type as "job_type!", payload as "payload!", attempts as "attempts!",
    max_attempts as "max_attempts!", scheduled_for as "scheduled_for!", request_id
  from claim_jobs(:worker_id, :limit, :kind?, :id?, :since?);

-- name: nextJobDue :one
-- When the earliest job may be claimed (null: there is none), and since when a later search has to look.
select due, since as "since!" from next_job_due(:since?);

-- name: settleJobs :one
-- Writes down how jobs ended, many at once; returns how many were still ours.
select settle_jobs(:results::jsonb) as "taken!";

-- name: wakeWorkers :exec
-- Calls the workers that listen: something is due at once. A statement of its own, after the commit of what is due.
select pg_notify('tistis_jobs', '');

-- name: pruneJobs :one
-- Removes finished jobs older than so many hours, a batch at a time; returns how many went.
select prune_jobs(make_interval(hours => :hours), :limit) as "pruned!";

-- name: listJobs :many
-- What would be claimed next; changes nothing.
select tenant_id as "tenant_id!", id as "id!", job_type as "job_type!", attempts as "attempts!",
    scheduled_for as "scheduled_for!", error_message
  from list_jobs(:limit, :kind?, :id?);

-- name: queueStats :one
-- How full the queue is, all tenants together.
select pending as "pending!", processing as "processing!", completed_today as "completed_today!",
    failed_today as "failed_today!", oldest_due_seconds as "oldest_due_seconds!"
  from queue_stats();

-- name: listDeadJobs :many
-- The tenant's dead jobs, oldest first, with what buried them.
select id, job_type, attempts, completed_at, error_message from jobs
 where tenant_id = current_tenant() and status = 'dead' order by completed_at, id limit :limit;

-- name: redriveJobs :many
-- Makes dead jobs pending again; returns which did become so.
select redrive_jobs(:ids::uuid[]) as "id!";
