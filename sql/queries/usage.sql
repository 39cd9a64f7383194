-- name: setBudget :exec
-- Changes what is named in {"monthly_budget_usd"?, "monthly_token_budget"?}.
select set_budget(:change::jsonb);

-- name: budget :one
select budget_json() as "budget!";

-- name: usage :one
-- What the calls of some days took and cost; null: of this month until today.
select usage_json(:from?::text::date, :to?::text::date, :conversation_id?) as "usage!";

-- name: supersededQuestions :many
-- Of the questions that models think about just now, in any tenant's name, those that nobody waits for any more.
select job_id as "job_id!", reason as "reason!" from superseded_questions(:asked::jsonb);
