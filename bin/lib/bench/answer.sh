# shellcheck shell=bash
# How long a customer waits: from the POST of a signed webhook to the moment at which WhatsApp has our answer.
#
#   bin/bench answer [--count 300] [--rate 20] [--json]
#
# A whole world (nginx, programs, jobs from its crontab, a durable Postgres, the sandbox) on this machine. Customers write
# for the first time each, first one after the other, then at the rate, with no quiet time before the answer (0 s instead of
# 2 s). What the sandbox's Claude takes is subtracted, exactly, by its journal; all else of the sandbox counts as ours. Then
# the same with an appointment: Claude looks for slots, books one, confirms (three answers of his, two tools). For fifty more
# of both, five a second and with the usual 2 s of quiet, Postgres logs every statement: round trips an answered message,
# and what each takes.
# shellcheck source=bin/lib/trial.sh
. "$root/bin/lib/trial.sh"

# customers PREFIX ARGUMENT…: lets them write and tells their figures.
customers() {
  local prefix=$1 name value
  shift
  trial_run "$BIN_DIR/customers" "$@" >"$DEV_DIR/customers.out"
  [ "$status" = 0 ] || die "customers failed" "what it says stands above"
  while read -r name value; do
    case $name in
      unanswered | refused) [ "$value" = 0 ] || die "$value $name" "less $LOG_DIR/jobs.log" ;;
      *) [ "$prefix" = - ] || figure "${prefix}_$name" "$value" ms ;;
    esac
  done <"$DEV_DIR/customers.out"
}

# log_statements ON|OFF
log_statements() {
  psql_world tistis -c "alter system set log_min_duration_statement = $1" -c 'select pg_reload_conf()' >/dev/null
}

# round_trips NAME SENTENCE ARGUMENT…: what Postgres is asked while fifty write, the webhook's statements included. Apart
# by enough that no two share a statement.
round_trips() {
  local counted=50 from trips=0 claims=0 starts=0 name each planning took figure=$1 sentence=$2
  shift 2
  # What the platform still reports of those before is none of these.
  sleep 5
  log_statements 0
  from=$(wc -c <"$LOG_DIR/postgres.log")
  customers - --count $counted --rate 5 --quiet 2 --no-reports "$@"
  log_statements -1
  # The 20 that warm up are in the log as well. Setting the tenant travels with the statement after it.
  tail -c +"$from" "$LOG_DIR/postgres.log" | awk -v n=$((counted + 20)) '
    match($0, /duration: [0-9.]+ ms  (parse|bind|execute) [a-zA-Z_]+:/) {
      split(substr($0, RSTART, RLENGTH), f, " ")
      name = substr(f[5], 1, length(f[5]) - 1)
      time[name, f[4]] += f[2]
      if (f[4] == "execute") trips[name]++
    }
    END { for (name in trips) {
      planning = (time[name, "parse"] + time[name, "bind"]) / trips[name]
      printf "%s %.4f %.2f %.2f\n", name, trips[name] / n, planning, time[name, "execute"] / trips[name]
    } }
  ' | sort >"$DEV_DIR/statements.out"
  while read -r name each planning took; do
    case $name in
      tistis_* | nextJobDue | findChannel | column | scalar) ;;
      # By the clock, however many are answered. Each worker that cron starts (it asks for the schema's version) claims at its
      # beginning, and when it has begun to listen.
      worker* | recoverJobs | prune* | retentionDue | tenantsInDoubt | tokensToRenew | noteWebhooks) ;;
      schema_version) starts=$each ;;
      claimJobs) claims=$each ;;
      *) trips=$(awk -v a="$trips" -v b="$each" 'BEGIN { print a + b }') ;;
    esac
    printf '  %-24s %6s an answer, planning %6s ms, execution %6s ms\n' "$name" "$each" "$planning" "$took" >&"$people"
  done <"$DEV_DIR/statements.out"
  trips=$(awk -v a="$trips" -v c="$claims" -v s="$starts" 'BEGIN { c -= 2 * s; print a + (c > 1 ? c : 1) }')
  figure "$figure" "$trips" 'statements' "$sentence"
}

bench() {
  local count=300 rate=20
  while [ $# -gt 0 ]; do
    case $1 in
      --count) count=${2:?} && shift ;;
      --rate) rate=${2:?} && shift ;;
      --json) json=1 ;;
      *) die "$1 is not known" "$me --help" ;;
    esac
    shift
  done
  bench_begin
  build all >&"$people"
  need_programs customers
  trial_start bench >&"$people"

  say "$count customers, one after the other" >&"$people"
  customers alone --count "$count"
  round_trips round_trips 'an answer, the webhook included; without looks for the next job and what runs by the clock'
  say "$count customers who book, one after the other" >&"$people"
  customers booking --count "$count" --booking
  # One a second: who books beside another may find the slot taken, which is another talk.
  round_trips round_trips_booking 'an answer that books, likewise' --booking --rate 1
  say "$count customers, $rate a second, 8 businesses" >&"$people"
  customers busy --count "$count" --rate "$rate" --tenants 8
  bench_end
}
