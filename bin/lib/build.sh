# shellcheck shell=bash
# One way to build for dev, test and check, so that none of them makes the next one start over.

# The programs come from here; set BIN_DIR to use others, and nothing is built.
BUILD_DIR=${BUILD_DIR:-$root/.build}
CONFIGURATION=${CONFIGURATION:-debug}
build_flags=(
  --package-path "$root" --scratch-path "$BUILD_DIR" --configuration "$CONFIGURATION"
  # SwiftPM lets a target import what it does not declare; the arrows between our rooms are kept by this.
  --explicit-target-dependency-import-check error
)

need_swift() {
  type -P swift >/dev/null || die "there is no Swift toolchain in PATH" \
    "install Swift 6.2 or later from https://www.swift.org/install/linux and put its usr/bin into PATH"
}

# sources_stamp: changes whenever swift build could have something to do.
sources_stamp() {
  {
    say "${build_flags[*]} $(type -P swift)"
    find "$root/Sources" "$root/Tests" "$root"/Package.* -type f -printf '%p %T@ %s\n' | sort
  } | sha256sum
}

# build all|tests|PRODUCT: all programs, the tests as well, or one program. Sets BIN_DIR.
build() {
  local began stamp what=() built=$BUILD_DIR/$CONFIGURATION/tistis.stamp
  if [ -n "${BIN_DIR:-}" ]; then
    say "Using the programs in $BIN_DIR; nothing is built."
    return 0
  fi
  need_swift
  stamp=$(sources_stamp)
  # SwiftPM takes 2 to 7 s to find out that there is nothing to do; this takes 20 ms.
  if [ "$1" = all ] && [ "$(cat "$built" 2>/dev/null)" = "$stamp" ]; then
    BIN_DIR=$BUILD_DIR/$CONFIGURATION
    say "Nothing to build: no source has changed since the last time."
    return 0
  fi
  case $1 in
    all) ;;
    tests) what=(--build-tests) ;;
    *) what=(--product "$1") ;;
  esac
  began=$(now_ms)
  say "Building $1 ($CONFIGURATION)…"
  swift build "${build_flags[@]}" ${what[@]+"${what[@]}"} ||
    die "the build failed" "mend the first error above" "if it could not fetch a package: the first build needs the network"
  BIN_DIR=$BUILD_DIR/$CONFIGURATION
  [ "$1" != all ] || printf '%s\n' "$stamp" >"$built"
  say "Built in $(seconds_since "$began")."
}

# need_programs NAME…: all of them are there.
need_programs() {
  local name
  for name in "$@"; do
    [ -x "$BIN_DIR/$name" ] ||
      die "there is no program $name in $BIN_DIR" "is it in Package.swift? then: swift build --product $name"
  done
}
