# shellcheck shell=bash
# A world of its own for a run that tries something out: made anew, told by TISTIS_TEST_*, stopped whatever happens.
# shellcheck source=bin/lib/world.sh
. "$root/bin/lib/world.sh"

# free_port: the first of a pair of free ports below those that the kernel hands out by itself.
free_port() {
  local port try
  for try in {1..200}; do
    port=$((20000 + RANDOM % 5000 * 2))
    if port_is_free $port && port_is_free $((port + 1)); then
      say $port
      return 0
    fi
  done
  die "found no free port in $try tries" "PORT=8190 $me"
}

# trial_start NAME: starts it in $DEV_DIR-NAME (.dev-NAME); unsigned webhooks are refused. Sets status, which decides
# whether the database is kept: that of a run that passed is of no use to anybody. The logs stay.
trial_start() {
  DEV_DIR=${DEV_DIR:-$root/.dev}-$1 PORT=${PORT:-$(free_port)} STRICT=1
  world_paths
  world_folders
  world_lock
  [ -z "$(recorded)" ] || say "The last run was killed; stopping what it left."
  wake postgres
  world_stop
  # A new id disowns the old cluster, which is then removed and made anew.
  rm -f "$DEV_DIR/id" "$DEV_DIR/keys"
  world_folders
  status=1
  trap trial_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  world_start
  say "Logs of this world: $LOG_DIR"
}

trial_end() {
  trap - ERR
  trial_cut_short
  wake postgres
  world_stop
  [ "$status" != 0 ] || rm -rf "$CLUSTER_DIR"
}

# trial_cut_short: ends what trial_run still runs, if this script was told to end. An interrupt first, since swift test
# passes nothing else on to its tests.
trial_cut_short() {
  local until
  [ -n "${running:-}" ] || return 0
  kill -INT -- "-$running" 2>/dev/null || return 0
  until=$(($(now_ms) + 5000))
  while kill -0 -- "-$running" 2>/dev/null && [ "$(now_ms)" -lt "$until" ]; do sleep 0.05; done
  kill -KILL -- "-$running" 2>/dev/null || :
}

# wake NAME: lets it and its children run on, if somebody stopped them.
wake() {
  local file other fields
  is_alive "$1" || return 0
  for file in /proc/[0-9]*; do
    other=${file#/proc/}
    if read_stat "$other" && [ "${fields[1]}" = "$pid" ]; then kill -CONT "$other" 2>/dev/null || :; fi
  done
  kill -CONT "$pid" 2>/dev/null || :
}

# trial_run COMMAND…: runs it in the knowledge of the world; leaves its status in status.
trial_run() {
  export TISTIS_TEST_DSN TISTIS_TEST_URL TISTIS_TEST_SANDBOX TISTIS_TEST_ENV TISTIS_TEST_WORLD TISTIS_TEST_TEMPLATE
  export TISTIS_TEST_BIN
  TISTIS_TEST_DSN=$(dsn postgres postgres)
  TISTIS_TEST_URL=http://127.0.0.1:$PORT
  TISTIS_TEST_SANDBOX=http://127.0.0.1:$SANDBOX_PORT
  TISTIS_TEST_ENV=$ETC_DIR TISTIS_TEST_WORLD=$DEV_DIR TISTIS_TEST_TEMPLATE=${WORLD_TEMPLATE:-tistis}
  TISTIS_TEST_BIN=$BIN_DIR
  status=0
  # In a process group of its own and waited for, since bash hears a signal only after what runs in its foreground.
  # 9 is the world's lock, which must not outlive this script in something that was started by what runs here.
  set -m
  "$@" 9>&- &
  running=$!
  set +m
  wait "$running" || status=$?
  running=
}
