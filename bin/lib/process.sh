# shellcheck shell=bash
# Processes that outlive the script which starts them. Each has a session of its own, a log $LOG_DIR/NAME.log, and a
# record $RUN_DIR/NAME.pid with its id and its start time, so that a recycled id is never taken for ours.

# read_stat PID: sets fields from /proc; fails if there is no such process. 0 is the state, 3 the session, 19 the
# start time.
read_stat() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name in brackets may hold blanks, so count from behind it.
  read -ra fields <<<"${stat##*) }"
}

# is_alive NAME: the recorded process lives; sets pid.
is_alive() {
  local started fields
  pid=
  [ -f "$RUN_DIR/$1.pid" ] || return 1
  read -r pid started <"$RUN_DIR/$1.pid" && read_stat "$pid" || return 1
  # A zombie is dead, though its parent has not looked yet.
  [ "${fields[0]}" != Z ] && [ "${fields[19]}" = "$started" ]
}

# spawn NAME COMMAND…: starts it and records it.
spawn() {
  local name=$1 child fields
  shift
  # A background child leads no process group, so setsid becomes the command itself and $! is its id.
  # 9 is the world's lock: a child that kept it would keep everybody out.
  setsid "$@" >>"$LOG_DIR/$name.log" 2>&1 </dev/null 9>&- &
  child=$!
  # The shell keeps no account of it, so that it says nothing when it has to be killed.
  disown "$child"
  read_stat "$child" || die "$name ended at once" "tail $LOG_DIR/$name.log"
  printf '%s %s\n' "$child" "${fields[19]}" >"$RUN_DIR/$name.pid"
}

# end_leftovers NAME: what a dead leader left behind in its session. The kernel gives an id to nobody else while a
# session bears it; so if the id is somebody else's by now, our session is gone.
end_leftovers() {
  local leader started file other fields
  read -r leader started <"$RUN_DIR/$1.pid" || return 0
  if read_stat "$leader" && [ "${fields[19]}" != "$started" ]; then return 0; fi
  for file in /proc/[0-9]*; do
    other=${file#/proc/}
    if read_stat "$other" && [ "${fields[3]}" = "$leader" ] && [ "${fields[0]}" != Z ]; then
      kill -KILL "$other" 2>/dev/null || :
    fi
  done
}

# stop_all SIGNAL NAME…: asks all of them at once, waits 10 s for all, then insists. Says nothing.
# TERM goes to the whole group: multiwatch 1.0.0 passes USR1 on, and with -s TERM it passes QUIT (seen 2026-11-22).
stop_all() {
  local signal=$1 name until group=''
  shift
  [ "$signal" != TERM ] || group=-
  for name in "$@"; do
    if is_alive "$name"; then kill "-$signal" -- "$group$pid" 2>/dev/null || :; fi
  done
  until=$(($(now_ms) + 10000))
  for name in "$@"; do
    [ -f "$RUN_DIR/$name.pid" ] || continue
    while is_alive "$name" && [ "$(now_ms)" -lt "$until" ]; do sleep 0.05; done
    if is_alive "$name"; then
      kill -KILL "$pid" 2>/dev/null || :
      while is_alive "$name"; do sleep 0.05; done
    fi
    end_leftovers "$name"
    rm -f "$RUN_DIR/$name.pid"
  done
}

# recorded: the names of everything that was started and not stopped.
recorded() {
  local file
  for file in "$RUN_DIR"/*.pid; do
    [ ! -f "$file" ] || basename "$file" .pid
  done
}
