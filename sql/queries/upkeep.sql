-- name: apiStaff :many
-- The team, the newest first, from a place in the list on.
select s.id, s.created_at, staff_json(s, :only_branch?) as "data!" from staff s
 where s.tenant_id = current_tenant() and (:only_branch?::uuid is null or sees_staff(s.id, :only_branch))
   and (:branch_id?::uuid is null or sees_staff(s.id, :branch_id))
   and (:service_id?::uuid is null or exists (select from staff_services x where x.tenant_id = s.tenant_id
     and x.staff_id = s.id and x.service_id = :service_id))
   and (:active?::boolean is null or s.is_active = :active) and (:before_id?::uuid is null or s.id < :before_id)
 order by s.id desc limit :limit;

-- name: apiMember :maybe
select staff_json(s, :only_branch?) as "data!" from staff s
 where s.tenant_id = current_tenant() and s.id = :id and sees_staff(s.id, :only_branch);

-- name: staffHours :one
select staff_hours_json(:id, :only_branch?) as "data!";

-- name: setStaffHours :one
select set_staff_hours(:id, :branch_id, :spans::jsonb) as "outcome!";

-- name: appointmentsOutside :one
select appointments_outside(:id, :branch_id, :most::int) as "data!";

-- name: setStaffServices :one
select outcome as "outcome!", place, left_alone from set_staff_services(:id, :service_ids::uuid[]);

-- name: createMember :one
select outcome as "outcome!", id, place from create_member(:wish::jsonb);

-- name: changeMember :one
select outcome as "outcome!", id, place from change_member(:id, :change::jsonb);

-- name: apiServices :many
-- What is offered, the newest first, from a place in the list on.
select s.id, s.created_at, service_json(s) as "data!" from services s
 where s.tenant_id = current_tenant() and (:active?::boolean is null or s.is_active = :active)
   and (:bookable?::boolean is null or s.is_bookable = :bookable) and (:before_id?::uuid is null or s.id < :before_id)
 order by s.id desc limit :limit;

-- name: apiService :maybe
select service_json(s) as "data!" from services s where s.tenant_id = current_tenant() and s.id = :id;

-- name: createService :one
select outcome as "outcome!", id from create_service(:wish::jsonb);

-- name: changeService :one
select outcome as "outcome!", id, data from patch_service(:id, :change::jsonb);

-- name: timesOff :many
-- Time off and closings that are not over at :since, the earliest first, from a place in the list on.
select o.id, o.starts_at, time_off_json(o) as "data!" from times_off o
 where o.tenant_id = current_tenant() and o.ends_at > coalesce(:since?, app_now())
   and (:until?::timestamptz is null or o.starts_at < :until)
   and (:branch_id?::uuid is null or o.branch_id = :branch_id) and (:staff_id?::uuid is null or o.staff_id = :staff_id)
   and (:only_branch?::uuid is null or o.branch_id = :only_branch
     or o.branch_id is null and (o.staff_id is null or sees_staff(o.staff_id, :only_branch)))
   and (:after?::timestamptz is null or (o.starts_at, o.id) > (:after, :after_id?::uuid))
 order by o.starts_at, o.id limit :limit;

-- name: timeOff :maybe
-- One, with what is booked then.
select time_off_json(o) as "data!", appointments_during(o, :only_branch?, :most::int) as "appointments!" from times_off o
 where o.tenant_id = current_tenant() and o.id = :id and (:only_branch?::uuid is null or o.branch_id = :only_branch
   or o.branch_id is null and (o.staff_id is null or sees_staff(o.staff_id, :only_branch)));

-- name: addTimeOff :one
select outcome as "outcome!", id from add_time_off(:wish::jsonb);

-- name: removeTimeOff :count
delete from times_off where tenant_id = current_tenant() and id = :id
   and (:only_branch?::uuid is null or branch_id = :only_branch);

-- name: instructions :many
-- The business's own instructions, those that come first first.
select instruction_json(i) as "data!" from ai_custom_instructions i
 where i.tenant_id = current_tenant() and (:only_branch?::uuid is null or i.branch_id is null or i.branch_id = :only_branch)
 order by i.priority desc, i.id limit 1000;

-- name: instruction :maybe
select instruction_json(i) as "data!" from ai_custom_instructions i
 where i.tenant_id = current_tenant() and i.id = :id
   and (:only_branch?::uuid is null or i.branch_id is null or i.branch_id = :only_branch);

-- name: addInstruction :one
select outcome as "outcome!", id from add_instruction(:wish::jsonb, :most::int);

-- name: changeInstruction :one
-- Null: there is no such instruction.
select change_instruction(:id, :change::jsonb);

-- name: removeInstruction :count
delete from ai_custom_instructions where tenant_id = current_tenant() and id = :id;

-- name: apiBranches :many
-- The newest first, from a place in the list on.
select b.id, b.created_at, branch_json(b) as "data!" from branches b
 where b.tenant_id = current_tenant() and (:only_branch?::uuid is null or b.id = :only_branch)
   and (:active?::boolean is null or b.is_active = :active) and (:before_id?::uuid is null or b.id < :before_id)
 order by b.id desc limit :limit;

-- name: apiBranch :maybe
select branch_json(b) as "data!" from branches b
 where b.tenant_id = current_tenant() and b.id = :id and (:only_branch?::uuid is null or b.id = :only_branch);

-- name: createBranch :one
select outcome as "outcome!", id from create_branch(:wish::jsonb);

-- name: changeBranch :one
select outcome as "outcome!", id, data from patch_branch(:id, :change::jsonb);
