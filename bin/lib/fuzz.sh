# shellcheck shell=bash
# Builds and runs the fuzzing program of Tests/Fuzz: one program, one process for each target.

FUZZ_DIR=$(realpath -m "${FUZZ_DIR:-$root/.dev-fuzz}")
FUZZ_BUILD_DIR=$(realpath -m "${FUZZ_BUILD_DIR:-$root/.build-fuzz}")
fuzz_program=$FUZZ_BUILD_DIR/debug/fuzz
# Swift's own crash reports would get in the way of those of the address checks, and take minutes.
export SWIFT_BACKTRACE=enable=no

all_targets() { (cd "$root/Tests/Fuzz/corpus" && printf '%s\n' *); }

is_target() { [[ $1 =~ ^[a-z]+$ ]] && [ -d "$root/Tests/Fuzz/corpus/$1" ]; }

# given_inputs TARGET: the folders whose files a target begins with.
given_inputs() {
  local fixtures=$root/Tests/PeersTests/Fixtures
  say "$root/Tests/Fuzz/corpus/$1"
  case $1 in
    webhook) printf '%s\n' "$fixtures"/{whatsapp,facebook,instagram,tiktok} ;;
    claude) say "$fixtures/claude" ;;
    graph) printf '%s\n' "$fixtures"/{whatsapp,facebook,instagram,tiktok}-answer ;;
  esac
}

build_fuzz() {
  local began
  need_swift
  began=$(now_ms)
  mkdir -p "$FUZZ_DIR"/{corpus,broken,log}
  say "Building Tests/Fuzz…"
  swift build --package-path "$root/Tests/Fuzz" --scratch-path "$FUZZ_BUILD_DIR" >"$FUZZ_DIR/log/build.log" 2>&1 ||
    die "the build failed: $(grep -m 3 'error:' "$FUZZ_DIR/log/build.log" || tail -n 3 "$FUZZ_DIR/log/build.log")" \
      "less $FUZZ_DIR/log/build.log" "Tests/Fuzz/Sources holds links to the sources that it builds: is one moved?"
  [ "$(FUZZ_TARGET=list "$fuzz_program" | sort)" = "$(all_targets | sort)" ] ||
    die "the targets and the folders of Tests/Fuzz/corpus differ" "Tests/Fuzz/Sources/Fuzz/Main.swift lists the targets"
  say "Built in $(seconds_since "$began")."
}

# try_inputs TARGET FILE…: each once, the whole report on the terminal.
try_inputs() {
  local target=$1
  shift
  FUZZ_TARGET=$target "$fuzz_program" -artifact_prefix="$FUZZ_DIR/broken/$target-" -timeout=25 "$@" ||
    die "it breaks" "the line after BROKEN, or the first line of Sources in the stack, says where"
}

# fuzz_target TARGET SECONDS CHECK: what it writes goes into the target's log.
fuzz_target() {
  local target=$1 given learnt=$FUZZ_DIR/corpus/$1 seed=0
  mapfile -t given < <(given_inputs "$target")
  if [ -n "$3" ]; then
    # The same for everybody: nothing learnt elsewhere, and no other dice.
    learnt=$FUZZ_DIR/check/$target seed=1
    rm -rf "$learnt"
  fi
  mkdir -p "$learnt"
  # Where each block came from is worth a fifth of the speed; try_inputs finds it out.
  ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=16 FUZZ_TARGET=$target exec "$fuzz_program" \
    -artifact_prefix="$FUZZ_DIR/broken/$target-" -max_total_time="$2" -seed=$seed -max_len=8192 -len_control=100 \
    -timeout=25 -report_slow_units=25 -rss_limit_mb=2048 -print_final_stats=1 "$learnt" "${given[@]}"
}

# report TARGET STATUS: one line, or what broke and how to see it again.
report() {
  local log=$FUZZ_DIR/log/$1.log input
  if [ "$2" = 0 ]; then
    printf '%-10s %9s runs %7s/s  coverage %5s  no fault\n' "$1" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
      "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" "$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1 | cut -c6-)"
    return 0
  fi
  printf '%-10s FAILED\n' "$1"
  grep -E '^BROKEN|Fatal error|ERROR: ' "$log" | cut -c1-500 | tr -d '\000-\010\013-\037' | sed 's/^/  /' || :
  # The frames that are ours, below libFuzzer's and above the loop's.
  sed -nE 's/^ +#[0-9]+ 0x[0-9a-f]+ in (.*\/Sources\/)/  in \1/p' "$log" | grep -v '/Fuzz/Main.swift' | head -n 6 |
    swift demangle --simplified | sed "s|$root/||" || :
  input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  if [ -n "$input" ]; then
    printf '  → %s %s %s\n' "$me" "$1" "$input"
  else
    printf '  → less %s\n' "$log"
  fi
}

# fuzz_all SECONDS CHECK TARGET…: as many at once as there are processors; fails if one of them found something.
fuzz_all() {
  local seconds=$1 check=$2 target child status broken=() most=${FUZZ_AT_ONCE:-$(nproc)}
  shift 2
  declare -A running=()
  say "$# targets, $seconds s each, $most at once; logs in $FUZZ_DIR/log"
  trap 'trap - EXIT; kill "${!running[@]}" 2>/dev/null; exit 130' INT TERM HUP
  while [ $# -gt 0 ] || [ ${#running[@]} -gt 0 ]; do
    if [ $# -gt 0 ] && [ ${#running[@]} -lt "$most" ]; then
      fuzz_target "$1" "$seconds" "$check" >"$FUZZ_DIR/log/$1.log" 2>&1 </dev/null &
      running[$!]=$1
      shift
      continue
    fi
    status=0
    wait -n -p child "${!running[@]}" || status=$?
    target=${running[$child]}
    unset "running[$child]"
    report "$target" "$status"
    [ "$status" = 0 ] || broken+=("$target")
  done
  trap - INT TERM HUP
  rm -rf "$FUZZ_DIR/check"
  [ ${#broken[@]} = 0 ] || die "broken: ${broken[*]}" "the command beside each repeats it; the input stays where it is"
}
