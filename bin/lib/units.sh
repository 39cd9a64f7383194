# shellcheck shell=bash
# What goes under /etc, made from nginx/endpoints.conf and from what each program itself says that it needs.

# processes_of PROGRAM: how many a new installation starts. Webhooks come in storms.
processes_of() {
  case $1 in webhook-whatsapp) say 4 ;; *) say 2 ;; esac
}

# user_of PROGRAM: its operating system's user and its role in Postgres bear one name.
user_of() { say "tistis_${1//-/_}"; }

# settings_of FILE: NAME=default of all that the program reads, secrets as dots.
settings_of() {
  local given key
  printf -v key 'x:%064d' 0
  # Those that may be empty are given as well, or one would not see that they are secrets.
  mapfile -t given < <(sed -n "/_URL=\$/!s/^# \([A-Z0-9_]*=\)\$/\1x/p; s/^\([A-Z0-9_]*_KEYS=\)\$/\1$key/p; s/^\([A-Z0-9_]*=\)\$/\1x/p" \
    "$root/bin/etc/env.example")
  env -i "${given[@]}" "$1" --config </dev/null ||
    die "$1 --config does not list its settings" "it must take x for every setting without a default, and a key of zeros"
}

# reads PROGRAM NAME: the program has that setting.
reads() { grep -q "^$2=" <<<"${settings[$1]}"; }

# sentences NAME…: these settings as env.example explains them.
sentences() {
  awk -v RS= -v wanted=" $* " '{
    count = split($0, line, "\n"); name = line[count]; sub(/^# /, "", name); sub(/=.*/, "", name)
    if (index(wanted, " " name " ")) print $0 "\n"
  }' "$root/bin/etc/env.example"
}

# names_of PROGRAM: the names alone.
names_of() { cut -d= -f1 <<<"${settings[$1]}" | sort; }

# open_names_of PROGRAM: those of them that are no secrets.
open_names_of() { grep -v '=•••$' <<<"${settings[$1]}" | cut -d= -f1 | sort; }

# common_names: what stands in common.env: what everybody reads, and what jobs and its HTTP twin read alike. Of that the
# administrator's tool reads MEDIA_DIR and RAW_RETENTION_DAYS: one file says where attachments are, to all of them. It also
# compares what api seals with, which is no secret, with the keys that open it.
common_names() {
  local name
  {
    printf '%s\n' INBOUND_SEAL OUTBOUND_SEAL
    for name in "${!settings[@]}"; do open_names_of "$name"; done | uniq_in_all
    comm -12 <(open_names_of jobs) <(open_names_of jobs-process)
  } | sort -u
}

# uniq_in_all: of names from standard input, those that every program has.
uniq_in_all() { sort | uniq -c | awk -v all=${#settings[@]} '$1 == all { print $2 }'; }

# write_etc FOLDER BINARIES: units, users, folders, crontab, Postgres' maps and every program's environment.
write_etc() {
  local folder=$1 name names common
  local -A settings=()
  mapfile -t mounted < <(endpoints)
  for name in "${mounted[@]}" jobs; do settings[$name]=$(settings_of "$2/$name"); done
  mkdir -p "$folder"/{systemd,environment,postgresql}
  for name in "${mounted[@]}"; do
    write_units "$folder/systemd" "$name"
    say "$name $(processes_of "$name")"
  done >"$folder/programs"
  cp "$root/bin/etc/tistis.target" "$folder/systemd/"
  write_users >"$folder/sysusers.conf"
  write_folders >"$folder/tmpfiles.conf"

  common=$(common_names)
  # shellcheck disable=SC2086 # one argument a name
  sentences $common >"$folder/environment/common.env"
  for name in "${mounted[@]}" jobs; do
    names=$(names_of "$name" | grep -vxF "$common")
    # shellcheck disable=SC2086 # one argument a name
    sentences $names | with_database "$(user_of "$name")" >"$folder/environment/$name.env"
  done
  # The administrator's: seals and opens both kinds of secrets.
  sentences DATABASE_URL INBOUND_KEYS OUTBOUND_KEYS | with_database tistis_owner >"$folder/environment/tistis.env"
  cp "$root"/bin/etc/pg_{hba,ident}.conf "$folder/postgresql/"
  cp "$root/bin/etc/crontab" "$root/bin/etc/tistis" "$folder/"
  # For people to import; nothing installs them.
  cp -R "$root/bin/etc/n8n" "$folder/"
}

with_database() { sed "s#^DATABASE_URL=\$#DATABASE_URL=host=/var/run/postgresql dbname=tistis user=$1#"; }

# media_rights PROGRAM: who fetches attachments writes them; who only shows them reads.
media_rights() { if reads "$1" OUTBOUND_KEYS; then say media; else say media-read; fi; }

# write_units FOLDER PROGRAM: its socket, its template of processes, and what it needs beyond a receiver's rights.
write_units() {
  local kind places=$1/tistis-$2@.service.d
  for kind in socket service; do
    sed "s/@NAME@/$2/g; s/@USER@/$(user_of "$2")/g" "$root/bin/etc/endpoint.$kind" \
      >"$1/tistis-$2$([ $kind = socket ] || say @).$kind"
  done
  # Who holds access tokens is who speaks to the outside.
  if reads "$2" OUTBOUND_KEYS; then mkdir -p "$places" && cp "$root/bin/etc/outside.conf" "$places/"; fi
  if reads "$2" MEDIA_DIR; then mkdir -p "$places" && cp "$root/bin/etc/$(media_rights "$2").conf" "$places/media.conf"; fi
}

write_users() {
  local name
  say "# One user a program: its environment file, its role in Postgres and its processes are nobody else's."
  for name in "${mounted[@]}" jobs; do say "u $(user_of "$name") - \"TIS TIS $name\""; done
  say "u tistis_owner - \"TIS TIS owner of the database\""
  say "# Who keeps attachments, and who removes them."
  say "g tistis_media -"
  for name in "${mounted[@]}" jobs; do
    if reads "$name" MEDIA_DIR; then say "m $(user_of "$name") tistis_media"; fi
  done
  say "m tistis_owner tistis_media"
  say "# Who makes backups."
  say "m postgres tistis_media"
}

write_folders() {
  say "# The sockets of the programs; systemd makes the sockets themselves."
  say "d /run/tistis 0755 root root -"
  say "d /var/lib/tistis 0755 root root -"
  say "# What is made in it stays the group's: jobs and its HTTP twin keep files for each other."
  say "d /var/lib/tistis/media 2770 tistis_jobs tistis_media -"
}
