# shellcheck shell=bash
# Nobody works on the queue while a migration replaces its functions: a send that is under way just then could not be
# written down, and would end as "unknown".

# As long as it is there, cron starts no run.
hold=/run/tistis/hold

# hold_jobs: cron starts no new run, those that there are drain, and so do the programs that do the same by HTTP.
hold_jobs() {
  local id name none=0 until=$(($(now_ms) + 120000))
  install -d -m 755 /run/tistis
  # Somebody else's stays, and stays somebody else's.
  [ -e "$hold" ] || say "install" >"$hold"
  trap let_jobs_go EXIT
  if has_systemd; then
    for name in $(queue_programs); do systemctl stop "tistis-$name.socket" "tistis-$name@*.service"; done
  fi
  # Each time anew, and for a second after the last: one that looked for the hold just before it was there still starts.
  while [ $none -lt 5 ]; do
    none=$((none + 1))
    for id in $(job_runs); do kill -TERM "$id" 2>/dev/null && none=0; done
    [ "$(now_ms)" -lt $until ] || die "jobs has not drained within 2 minutes; nothing was migrated" "journalctl -t jobs, then $0 again"
    sleep 0.2
  done
}

# is_held: by an install, not by a person who wrote another word into it or none.
is_held() { grep -qsx install "$hold"; }

let_jobs_go() {
  local name
  trap - EXIT
  if is_held; then rm -f "$hold"; fi
  if has_systemd; then
    for name in $(queue_programs); do systemctl start "tistis-$name.socket" tistis.target; done
  fi
}

# job_runs: the ids of every run of jobs.
job_runs() {
  local file
  while read -r file; do
    case $(readlink "$file/exe") in /usr/lib/tistis/*/bin/jobs*) say "${file#/proc/}" ;; esac
  done < <(find /proc -maxdepth 1 -user tistis_jobs 2>/dev/null)
}

# queue_programs: those that are installed and may speak to the outside.
queue_programs() {
  local file
  for file in /etc/systemd/system/tistis-*@.service.d/outside.conf; do
    file=${file#/etc/systemd/system/tistis-}
    file=${file%@.service.d/outside.conf}
    [[ $file == *'*'* ]] || say "$file"
  done
}
