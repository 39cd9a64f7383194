# shellcheck shell=bash
# A release's tree: what of the build and of the checkout goes to a server.
# shellcheck source=bin/lib/units.sh
. "$root/bin/lib/units.sh"

# released: every program of a release. What plays the outside world, generates code or makes storms never is.
released() {
  endpoints
  printf '%s\n' jobs migrate tistis
}

# lay_out TREE VERSION [DEBUG]: everything; debug information goes to the folder DEBUG, or nowhere.
lay_out() {
  local tree=$1 version=$2 debug=${3:-} name
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,lib,sql,nginx}
  for name in $(released); do
    cp "$BIN_DIR/$name" "$tree/bin/$name"
    place_runtime "$BIN_DIR/$name" "$tree/lib"
    keep_symbols "$tree/bin/$name" "$debug"
    # shellcheck disable=SC2016 # the loader expands it: the folder of the program, symbolic links followed
    patchelf --set-rpath '$ORIGIN/../lib' "$tree/bin/$name"
  done
  cp "$root/bin/lib/with-env" "$tree/bin/"
  cp "$root/bin/lib/backup" "$tree/lib/tistis-backup"
  cp -R "$root"/sql/{migrations,functions,policies.sql,seed.sql} "$tree/sql/"
  cp "$root"/nginx/*.conf "$tree/nginx/"
  cp "$root/bin/install" "$tree/install"
  cp "$root/bin/lib/common.sh" "$tree/lib/"
  cp -R "$root/bin/lib/deploy" "$tree/lib/"
  write_etc "$tree/etc" "$tree/bin"
  write_version "$version" >"$tree/VERSION"
  chmod -R u=rwX,go=rX "$tree"
  (cd "$tree" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum) >"$tree.sums"
  mv "$tree.sums" "$tree/SHA256SUMS"
  inspect "$tree"
}

# libraries_of FILE: the paths of what the loader finds for it, or "not found".
libraries_of() { ldd "$1" | sed -n 's/.* => \(.*\)/\1/p' | sed 's/ (0x[0-9a-f]*)$//'; }

# is_debians PATH: one that Debian has. A toolchain may lie under /usr as well.
is_debians() {
  case $1 in
    */swift/linux/*) return 1 ;;
    /lib/* | /lib64/* | /usr/lib/* | /usr/lib64/*) return 0 ;;
    *) return 1 ;;
  esac
}

# place_runtime PROGRAM FOLDER: the files of Swift's runtime that it is linked to, directly or by another of them.
place_runtime() {
  local file
  for file in $(libraries_of "$1"); do
    if is_debians "$file" || [ -e "$2/${file##*/}" ]; then continue; fi
    [ -f "$file" ] || die "$1 needs a library that is not here" "ldd $1"
    cp -L "$file" "$2/"
    chmod u+w "$2/${file##*/}"
    strip --strip-unneeded "$2/${file##*/}"
    # shellcheck disable=SC2016 # the loader expands it
    patchelf --set-rpath '$ORIGIN' "$2/${file##*/}"
  done
}

# keep_symbols PROGRAM FOLDER: strips it. Its debug information goes to the folder, where gdb looks for it by name.
keep_symbols() {
  if [ -z "$2" ]; then
    strip "$1"
    return 0
  fi
  mkdir -p "$2"
  objcopy --only-keep-debug --compress-debug-sections=zlib "$1" "$2/${1##*/}.debug"
  strip "$1"
  (cd "$2" && objcopy --add-gnu-debuglink="${1##*/}.debug" "$1")
}

# version_name: the programs' own, with the commit that it was made from.
version_name() {
  local number commit
  number=$(sed -n 's/^public let version = "\(.*\)"$/\1/p' "$root/Sources/Core/Process.swift")
  commit=$(git -C "$root" rev-parse --short=10 HEAD 2>/dev/null) || { say "$number" && return 0; }
  [ -z "$(git -C "$root" status --porcelain 2>/dev/null)" ] || commit+=-changed
  say "$number-$commit"
}

# write_version VERSION: nothing in it changes from one build of a commit to the next.
write_version() {
  say "version $1"
  say "commit $(git -C "$root" rev-parse HEAD 2>/dev/null || say unknown)"
  say "debian $(cut -d. -f1 /etc/debian_version)"
  say "architecture $(dpkg --print-architecture)"
  say "swift $(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')"
}

# inspect TREE: whole, and free of what should not be there.
inspect() {
  local tree=$1 file other
  for file in $(released); do
    for other in $(LD_LIBRARY_PATH='' libraries_of "$tree/bin/$file"); do
      case $(realpath -m "$other") in
        "$(realpath "$tree")"/lib/*) ;;
        *) is_debians "$other" || die "$file would use $other" "readelf -d $tree/bin/$file: its RUNPATH is \$ORIGIN/../lib" ;;
      esac
    done
    "$tree/bin/$file" --version >/dev/null 2>&1 || "$tree/bin/$file" --help >/dev/null ||
      die "$tree/bin/$file does not start" "$tree/bin/$file --help"
  done
  for file in libFoundation.so lib_FoundationICU.so libFoundationInternationalization.so; do
    [ ! -e "$tree/lib/$file" ] ||
      die "$file would be shipped: 40 MB that nobody needs" "find who imports full Foundation: bin/test --filter FootprintTests"
  done
  for file in $(endpoints); do
    for other in "systemd/tistis-$file.socket" "systemd/tistis-$file@.service" "environment/$file.env"; do
      [ -s "$tree/etc/$other" ] || die "the release has no etc/$other" "see write_etc in bin/lib/units.sh"
    done
  done
}

# sizes_of TREE: what takes room, in one line a kind.
sizes_of() {
  local file
  for file in $(released); do printf '%8s  bin/%s\n' "$(human "$1/bin/$file")" "$file"; done
  printf '%8s  lib, Swift'\''s runtime, %s files, once for all programs\n' "$(human "$1"/lib/*.so)" \
    "$(compgen -G "$1/lib/*.so" | wc -l)"
  printf '%8s  all of it\n' "$(human "$1")"
}

human() { du -cb --apparent-size "$@" | tail -n 1 | cut -f1 | numfmt --to=iec --suffix=B --format=%.1f; }

# verify_units TREE: systemd finds nothing to say about them, and every process is exposed by at most 2.0 of 10.
verify_units() {
  local folder said name units=() status=0
  folder=$(mktemp -d)
  cp -R "$1/etc/systemd/." "$folder/"
  # Where they will be is not where they are now.
  sed -i "s#^ExecStart=/usr/lib/tistis/bin/#ExecStart=$1/bin/#" "$folder"/*.service
  for name in $(endpoints); do units+=("tistis-$name@1.service" "tistis-$name.socket"); done
  said=$(SYSTEMD_UNIT_PATH=$folder: systemd-analyze verify "${units[@]}" tistis.target 2>&1) || status=1
  [ -z "$said" ] || { say "$said" && status=1; }
  for name in "${units[@]}"; do
    [[ $name == *.service ]] || continue
    said=$(SYSTEMD_UNIT_PATH=$folder: systemd-analyze security --offline=true --threshold=20 --no-pager "$name" 2>&1) ||
      { status=1 && grep '^✗' <<<"$said"; }
    tail -n 1 <<<"$said"
  done
  rm -rf "$folder"
  return $status
}
