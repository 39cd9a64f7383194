# shellcheck shell=bash
# What Debian has to give us. The compiler is not among it: that is the Swift toolchain's.

# What is looked for, and the package that brings it: `command:…` in PATH, else a file (a glob).
packages_world=(
  command:nginx=nginx '/usr/lib/postgresql/*/bin/initdb=postgresql' command:psql=postgresql-client
  command:spawn-fcgi=spawn-fcgi command:multiwatch=multiwatch command:curl=curl command:openssl=openssl
)
packages_build=(
  command:git=git /etc/ssl/certs/ca-certificates.crt=ca-certificates
  /usr/include/fcgiapp.h=libfcgi-dev /usr/include/postgresql/libpq-fe.h=libpq-dev
  '/usr/include/*/curl/curl.h=libcurl4-openssl-dev' /usr/include/yajl/yajl_parse.h=libyajl-dev
)
# shellcheck disable=SC2034 # bin/test reads it; plays the code in bin/etc/n8n
packages_test=(command:node=nodejs)
# shellcheck disable=SC2034 # bin/check reads it
packages_check=(command:shellcheck=shellcheck command:systemd-analyze=systemd)
# shellcheck disable=SC2034 # bin/release reads it
packages_release=(command:patchelf=patchelf command:strip=binutils)

# missing_packages WHAT=PACKAGE…: the packages of what is not there, one a line.
missing_packages() {
  local pair what
  for pair in "$@"; do
    what=${pair%=*}
    case $what in
      command:*) type -P "${what#command:}" >/dev/null || say "${pair##*=}" ;;
      *) compgen -G "$what" >/dev/null || say "${pair##*=}" ;;
    esac
  done
}

# need_packages WHAT=PACKAGE…: installs what is missing, by root or sudo; nothing if all is there.
need_packages() {
  local missing line
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  [ ${#missing[@]} -gt 0 ] || return 0
  line="apt-get install -y --no-install-recommends ${missing[*]}"
  type -P apt-get >/dev/null ||
    die "missing: ${missing[*]}" "this is not Debian; install what answers to these names, then run $me again"
  say "Missing Debian packages: ${missing[*]}"
  announce() {
    say "Installing them with: $line"
    say "Their own nginx and PostgreSQL are not started, and no cluster is made for them.$1"
  }
  if [ "$am_root" = 1 ]; then
    announce ''
    "$root/bin/lib/install" "${missing[@]}"
  elif type -P sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    announce " Root is needed for this step only; sudo may ask for your password."
    sudo "$root/bin/lib/install" "${missing[@]}"
  else
    die "installing packages needs root, and there is no sudo to ask" "as root: $line" "then run $me again"
  fi
  mapfile -t missing < <(missing_packages "$@" | sort -u)
  [ ${#missing[@]} = 0 ] || die "still missing after installing: ${missing[*]}" "as root: $line"
}
