# shellcheck shell=bash
# The release itself: is it whole, does it fit here, and where its programs lie.

# What the programs and their world need at run time.
packages=(nginx libfcgi0ldbl libpq5 libcurl4 libyajl2 cron bsdutils util-linux openssl ca-certificates systemd)

about() { sed -n "s/^$1 //p" "$tree/VERSION"; }

check_release() {
  local wrong
  release=$(about version)
  home=/usr/lib/tistis/releases/$release
  wrong=$(cd "$tree" && sha256sum --check --quiet SHA256SUMS 2>&1) ||
    die "this copy of the release is damaged: ${wrong%%$'\n'*}" "copy it here again"
  if [ "$(about architecture)" != "$(dpkg --print-architecture)" ] || [ "$(about debian)" != "$(cut -d. -f1 /etc/debian_version)" ]; then
    die "this release is for Debian $(about debian) on $(about architecture), and this is $(cat /etc/debian_version) on $(dpkg --print-architecture)" \
      "bin/release on a machine like this one"
  fi
}

# choose_programs: sets programs to those of endpoints.conf, and chosen to those that this run is about.
choose_programs() {
  local name
  mapfile -t programs < <(cut -d' ' -f1 "$tree/etc/programs")
  chosen=("${programs[@]}" jobs migrate tistis)
  [ -n "$only" ] || return 0
  read -ra chosen <<<"$only"
  for name in "${chosen[@]}"; do
    [ -x "$tree/bin/$name" ] || die "this release has no program $name" "it has: $(cd "$tree/bin" && echo *)"
    [ -L "/usr/lib/tistis/bin/$name" ] || die "$name is not installed here" "$0, without --only"
  done
}

install_packages() {
  local name missing=()
  [ -z "$database" ] || packages+=(postgresql)
  for name in "${packages[@]}"; do
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  act "install Debian's ${missing[*]}" fetch_packages "${missing[@]}"
}

fetch_packages() {
  export DEBIAN_FRONTEND=noninteractive
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt-get update --quiet
  apt-get install --yes --quiet --no-install-recommends "$@" ||
    die "apt-get could not install: $*" "read its lines above; apt-get update, then $0 again"
}

make_users() {
  # Where Postgres is elsewhere there is no such user, and sysusers would make one.
  replace /etc/sysusers.d/tistis.conf 644 root:root \
    < <(if [ -n "$database" ]; then cat "$tree/etc/sysusers.conf"; else sed '/^m postgres /d' "$tree/etc/sysusers.conf"; fi)
  replace /etc/tmpfiles.d/tistis.conf 644 root:root <"$tree/etc/tmpfiles.conf"
  [ -z "$dry" ] || return 0
  systemd-sysusers /etc/sysusers.d/tistis.conf
  systemd-tmpfiles --create /etc/tmpfiles.d/tistis.conf
}

# check_libraries: all that the loader looks for is found, in this release or in Debian.
check_libraries() {
  local name lacking
  for name in "${chosen[@]}"; do
    lacking=$(ldd "$tree/bin/$name" | sed -n 's/^\s*\(.*\) => not found$/\1/p')
    [ -z "$lacking" ] || [ -n "$dry" ] || die "$name lacks $lacking" "ldd $tree/bin/$name; which package has it?"
  done
}

copy_release() {
  [ "$tree" != "$home" ] || return 0
  if cmp -s "$tree/SHA256SUMS" "$home/SHA256SUMS"; then return 0; fi
  act "copy the release to $home" copy_at_once
}

copy_at_once() {
  local new=/usr/lib/tistis/releases/.new
  rm -rf "$new"
  mkdir -p "$new"
  cp -R "$tree/." "$new/"
  chown -R root:root "$new"
  rm -rf "$home"
  mv "$new" "$home"
}

# switch_programs: a link each, so that one program can be of another release; it is replaced in one step.
switch_programs() {
  local name
  switched=()
  for name in "${chosen[@]}" with-env; do
    [ "$(readlink "/usr/lib/tistis/bin/$name")" != "../releases/$release/bin/$name" ] || continue
    act "switch $name to $release" switch "$name"
    switched+=("$name")
  done
  replace /usr/bin/tistis 755 root:root <"$tree/etc/tistis"
  replace /usr/sbin/tistis-backup 755 root:root <"$tree/lib/tistis-backup"
}

switch() {
  mkdir -p /usr/lib/tistis/bin
  # One is there if an earlier run was killed between these two.
  ln -sfn "../releases/$release/bin/$1" "/usr/lib/tistis/bin/.$1"
  mv -T "/usr/lib/tistis/bin/.$1" "/usr/lib/tistis/bin/$1"
}

# remove_old_releases: the newest three stay, and those that a program still runs from.
remove_old_releases() {
  local folder
  while read -r folder; do
    if compgen -G '/usr/lib/tistis/bin/*' | xargs readlink | grep -qF "../releases/${folder##*/}/"; then continue; fi
    act "remove the old release ${folder##*/}" rm -rf "$folder"
  done < <(find /usr/lib/tistis/releases -mindepth 1 -maxdepth 1 -type d -printf '%C@ %p\n' 2>/dev/null |
    sort -rn | tail -n +4 | cut -d' ' -f2-)
}
