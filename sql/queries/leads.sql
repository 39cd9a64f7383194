-- name: apiLeads :one
-- A page of people in any order, and how many there are. search: in names, number and address.
with found as materialized (
  select l.* from leads l
   where l.tenant_id = current_tenant() and l.merged_into_id is null
     and (:branch_id?::uuid is null or l.branch_id = :branch_id)
     and (:status?::text is null or l.status = :status)
     and (:classification?::text is null or l.classification = :classification)
     and case :deleted when 'only' then l.deleted_at is not null when 'with' then true else l.deleted_at is null end
     and (:search?::text is null or concat_ws(' ', l.full_name, l.name, l.first_name, l.last_name, l.email,
       l.phone, l.phone_normalized) ilike '%' || like_text(:search) || '%')),
page as (
  select f.id, row_number() over (order by
      case when :descending then null else k.key end, case when :descending then k.key end desc nulls last,
      f.id desc) as place
    from found f cross join lateral (select case :sort when 'created_at' then to_jsonb(f.created_at)
      when 'updated_at' then to_jsonb(f.updated_at) when 'deleted_at' then to_jsonb(f.deleted_at)
      when 'status' then to_jsonb(f.status) when 'classification' then to_jsonb(f.classification)
      when 'first_name' then to_jsonb(lower(f.first_name)) when 'last_name' then to_jsonb(lower(f.last_name))
      when 'full_name' then to_jsonb(lower(f.full_name)) else to_jsonb(f.score) end as key) k
   order by place limit :limit offset :offset)
select coalesce((select jsonb_agg(lead_json(l) order by p.place) from page p
      join leads l on l.tenant_id = current_tenant() and l.id = p.id), '[]') as "data!",
    (select count(*) from found) as "total!";

-- name: apiLeadsAfter :many
-- The newest people from a place in the list on; index-bound.
select lead_json(l) as "data!", l.created_at, l.id from leads l
 where l.tenant_id = current_tenant() and l.merged_into_id is null
   and (l.created_at, l.id) < (:before::timestamptz, :before_id::uuid)
   and (:branch_id?::uuid is null or l.branch_id = :branch_id)
   and (:status?::text is null or l.status = :status)
   and (:classification?::text is null or l.classification = :classification)
   and case :deleted when 'only' then l.deleted_at is not null when 'with' then true else l.deleted_at is null end
   and (:search?::text is null or concat_ws(' ', l.full_name, l.name, l.first_name, l.last_name, l.email,
     l.phone, l.phone_normalized) ilike '%' || like_text(:search) || '%')
 order by l.created_at desc, l.id desc limit :limit;

-- name: apiLead :maybe
-- One person, also one that was deleted; of one branch only if that is named.
select lead_json(l) as "data!" from leads l
 where l.tenant_id = current_tenant() and l.id = :id and l.merged_into_id is null
   and (:only_branch?::uuid is null or l.branch_id = :only_branch);

-- name: createLead :one
select outcome as "outcome!", id from create_lead(:lead::jsonb);

-- name: updateLead :maybe
select outcome as "outcome!", id from update_lead(:id, :only_branch?, :change::jsonb);

-- name: softDeleteLead :maybe
-- No row: there is no such person, or not in the branch.
select success as "success!", appointments_cancelled as "appointments_cancelled!",
    conversations_closed as "conversations_closed!"
  from leads l cross join lateral soft_delete_lead(l.id, :by?)
 where l.tenant_id = current_tenant() and l.id = :id and l.merged_into_id is null
   and (:only_branch?::uuid is null or l.branch_id = :only_branch);

-- name: restoreLead :maybe
select success as "success!", restored_status from leads l cross join lateral restore_lead(l.id, :by?)
 where l.tenant_id = current_tenant() and l.id = :id and l.merged_into_id is null
   and (:only_branch?::uuid is null or l.branch_id = :only_branch);
