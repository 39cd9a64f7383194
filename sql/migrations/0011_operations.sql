-- What operators ask the running system: is it alive, is the queue worked on, did cron stop.

comment on table workers is 'One row a run of jobs; a heartbeat is the lease of all its jobs.';
