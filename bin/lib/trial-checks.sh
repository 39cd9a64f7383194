# shellcheck shell=bash
# What bin/trial-install asks of an installed machine. Each function is one sentence that holds or not.
# shellcheck source=bin/lib/nginx.sh
. "$root/bin/lib/nginx.sh"

good=0 report=''
chapter() { printf '\n── %s\n' "$1"; }

# holds SENTENCE COMMAND…: says so, or stops with what the command said.
holds() {
  local sentence=$1 said
  shift
  said=$("$@" 2>&1) || die "it does not hold: $sentence: $said" "$verb --keep, and look into the machine"
  report=$said
  good=$((good + 1))
  say "ok  $sentence"
}

# refused SENTENCE COMMAND…: the command must fail.
refused() {
  local sentence=$1
  shift
  holds "$sentence" not "$@"
}
not() { ! "$@" || return 1; }
# says TEXT COMMAND…: its output contains the text.
says() {
  local text=$1 said
  shift
  said=$("$@" 2>&1) || { printf '%s' "$said" && return 1; }
  [[ $said == *"$text"* ]] || { printf 'it says: %s' "$said" && return 1; }
}
# within SECONDS COMMAND…: it holds before so many seconds have passed.
within() {
  local until=$(($(now_ms) + $1 * 1000)) said
  shift
  until said=$("$@" 2>&1); do
    [ "$(now_ms)" -lt $until ] || { printf '%s' "$said" && return 1; }
    sleep 0.5
  done
}

as() { inside setpriv --reuid="$1" --regid="$1" --init-groups -- "${@:2}"; }
sql() { inside setpriv --reuid=postgres --regid=postgres --init-groups -- psql -XAtd tistis -c "$1"; }
sql_is() { [ "$(sql "$2")" = "$1" ] || { printf '%s gives %s' "$2" "$(sql "$2")" && return 1; }; }
mounted() { cut -d' ' -f1 "$machine/srv/tistis-1-trial/etc/programs"; }

refuses_a_checkout() {
  holds "in a checkout, install says what to do instead" says "bin/release" not "$root/bin/install"
}

dry_run_does_nothing() {
  holds "--dry-run says what it would do" says "would: install Debian's" in_chroot /srv/tistis-1-trial/install --dry-run
  holds "and so with --root" says "would: install Debian's" in_chroot /srv/tistis-1-trial/install --root / --dry-run
  refused "and does nothing" test -e "$machine/usr/lib/tistis" -o -e "$machine/etc/tistis" -o -e "$machine/usr/sbin/nginx"
}

installs_in_a_chroot() {
  local name units
  holds "install brings packages, users, database, settings, web and units" in_chroot /srv/tistis-1-trial/install
  holds "and says that nothing was started" says "systemd does not run here" say "$report"
  mapfile -t units < <(mounted | sed 's/.*/tistis-&@1.service\ntistis-&.socket/')
  holds "systemd-analyze verify has nothing to say" is_silent chroot "$machine" systemd-analyze verify tistis.target "${units[@]}"
  for name in $(mounted); do
    holds "$name may not read another's settings" is "640 root tistis_${name//-/_}" \
      in_chroot stat --format='%a %U %G' "/etc/tistis/$name.env"
  done
  refused "no webhook has the key of access tokens" grep -l OUTBOUND_KEYS "$machine"/etc/tistis/webhook-*.env
  refused "api has no key at all" grep -E '^(IN|OUT)BOUND_KEYS=' "$machine/etc/tistis/api.env"
  holds "but what it seals with" is 2 grep -cE '^(IN|OUT)BOUND_SEAL=[0-9]{4}a:[0-9a-f]{64}$' "$machine/etc/tistis/common.env"
  cp -a "$machine/etc/tistis" "$work/settings"
}
is_silent() {
  local said
  if said=$("$@" 2>&1) && [ -z "$said" ]; then return 0; fi
  printf '%s' "$said"
  return 1
}
is() {
  local text=$1 said
  shift
  said=$("$@" | tr -d '\r')
  [ "$said" = "$text" ] || { printf 'it is %s' "$said" && return 1; }
}

second_time_changes_nothing() {
  holds "a second install changes nothing" says "Nothing to change" inside /srv/tistis-1-trial/install
  holds "nor any setting" diff -r "$work/settings" "$machine/etc/tistis"
}

everything_runs_as_its_unit_says() {
  local name id user
  # shellcheck disable=SC2016 # awk's
  local proof='/^(NoNewPrivs|Seccomp):/ { printf "%s ", $2 }'
  for name in $(mounted); do
    user=tistis_${name//-/_}
    holds "$name runs, with all its processes" is "$(sed -n "s/^$name //p" "$machine/srv/tistis-1-trial/etc/programs")" \
      count_running "$name"
    id=$(inside systemctl show --property=MainPID --value "tistis-$name@1.service")
    holds "as $user" is "$user" inside stat --format=%U "/proc/$id"
    holds "under a system-call filter and without a way to new rights" is "1 2 " \
      inside awk "$proof" "/proc/$id/status"
    holds "whose exposure is at most 2.0" inside systemd-analyze security --threshold=20 --no-pager "tistis-$name@1.service"
    say "    $(tail -n 1 <<<"$report")"
    holds "and which answers nginx" answers "$name"
    refused "and has said nothing of error" says '<3>' inside journalctl --no-pager -t "$name"
  done
}
count_running() { inside systemctl list-units --plain --no-legend --state=running "tistis-$1@*.service" | wc -l; }

# curl and its like are this machine's; only the network is the other's.
outside() { nsenter --target "$leader" --net -- "$@"; }
web() { outside curl --silent --insecure --max-time 20 --write-out ' HTTP %{http_code}' "$@"; }
# answers PROGRAM: it itself, and not nginx for it.
answers() {
  local said
  said=$(web "https://127.0.0.1$(address_of "$1")" -d '{}')
  [[ $said == *'"code"'* && $said != *'nothing is served here'* && $said != *'"code":"down"'* ]] || { printf '%s' "$said" && return 1; }
}

everybody_is_only_himself() {
  local url='host=/var/run/postgresql dbname=tistis user='
  holds "a program's user connects as its own role" as tistis_jobs psql -XAtc 'select 1' "${url}tistis_jobs"
  refused "and not as another program's" as tistis_webhook_whatsapp psql -XAtc 'select 1' "${url}tistis_jobs"
  refused "nor as the owner" as tistis_jobs psql -XAtc 'select 1' "${url}tistis_owner"
  refused "and another user not at all" as www-data psql -XAtc 'select 1' "${url}tistis_jobs"
  refused "and reads no other's settings" as tistis_webhook_whatsapp cat /etc/tistis/jobs.env
  refused "api's neither those of jobs" as tistis_api cat /etc/tistis/jobs.env
  refused "nor the administrator's" as tistis_api cat /etc/tistis/tistis.env
  refused "nor what is sealed" as tistis_api psql -XAtc 'select sealed from outbound_tokens' "${url}tistis_api"
  refused "nor does a webhook read access tokens" as tistis_webhook_tiktok \
    psql -XAtc 'select sealed from outbound_tokens' "${url}tistis_webhook_tiktok"
  refused "nor speaks to a program's socket" as daemon perl -MIO::Socket::UNIX \
    -e 'IO::Socket::UNIX->new(Peer => "/run/tistis/webhook-whatsapp.sock") or die $!'
}

# A session each process, of jobs and its HTTP twin one more than JOBS_CONNECTIONS; two runs of jobs overlap.
connections_suffice() {
  local most processes
  most=$(sql "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int")
  processes=$(awk '{ n += $1 == "jobs-process" ? 5 * $2 : $2 } END { print n + 2 * 5 }' "$machine/srv/tistis-1-trial/etc/programs")
  holds "$processes sessions at most are half of what Postgres has" test "$((2 * processes))" -le "$most"
}

people_have_passwords() {
  local url='host=/var/run/postgresql dbname=tistis user=trial'
  holds "a dashboard's login is made" sql "create role trial login password 'trial' in role tistis_guide"
  holds "and connects with its password" as daemon env PGPASSWORD=trial psql -XAtc 'select 1' "$url"
  refused "and with no other" as daemon env PGPASSWORD=other psql -XAtc 'select 1' "$url"
}

doctor_finds_nothing() {
  holds "tistis doctor finds nothing but that nobody said where we are" within 100 only_the_address_is_missing
}
only_the_address_is_missing() {
  local said
  said=$(inside tistis doctor --quiet || :)
  [[ $said == *TISTIS_PUBLIC_URL* && $said != *$'\n'* ]] || { printf '%s' "$said" && return 1; }
}

seed_demonstration() {
  local owner='host=/var/run/postgresql dbname=tistis user=tistis_owner'
  holds "the demonstration tenants are there" as tistis_owner \
    /usr/lib/tistis/bin/migrate --dsn "$owner" --sql /usr/lib/tistis/releases/1-trial/sql --seed
  printf 'TISTIS_ENV=development\n' >"$machine/etc/tistis/seed.env"
  holds "and their secrets sealed" as tistis_owner /usr/lib/tistis/bin/with-env /etc/tistis/tistis.env /etc/tistis/seed.env \
    -- /usr/lib/tistis/bin/tistis seed
  rm "$machine/etc/tistis/seed.env"
  holds "tistis speaks for the owner" inside tistis conversations list --tenant esva-dental
}

send() { send_case whatsapp/text "$@"; }
send_case() {
  mkdir -p "$work/curl"
  say insecure >"$work/curl/.curlrc"
  CURL_HOME=$work/curl outside "$root/bin/send" "$1" esva-dental --url https://127.0.0.1 "${@:2}"
}

a_message_is_stored() {
  holds "an unsigned message is refused" says "HTTP 403" not send --unsigned
  holds "a signed one is taken, over TLS" says "HTTP 200" send --text "¿Cuánto cuesta una limpieza?"
  holds "and stored" sql_is 1 "select count(*) from messages where content like '%cuesta una limpieza%'"
  holds "and listed by tistis" says esva inside tistis channels list --tenant esva-dental --json
}

the_other_channels_too() {
  local channel
  for channel in instagram facebook tiktok; do
    holds "so is a signed one of $channel" says "HTTP 200" send_case $channel/text --text "por $channel"
    refused "not one that another signed" send_case $channel/text --text "por otro" --secret another
    holds "and stored" sql_is 1 "select count(*) from messages where content = 'por $channel'"
  done
  holds "and nothing else" sql_is 0 "select count(*) from messages where content = 'por otro'"
}

an_integrator_calls() {
  local key channel json='Content-Type: application/json' url=https://127.0.0.1/api
  holds "tistis makes a key" inside tistis keys create --tenant esva-dental --name trial --scope leads:write --scope channels:write
  key="Authorization: Bearer $(grep ^tis_ <<<"$report")"
  holds "with which api takes a person" says "HTTP 201" web $url/v1/leads -H "$key" -H "$json" -d '{"phone": "6319990000", "name": "Ana"}'
  holds "who is stored" sql_is 1 "select count(*) from leads where name = 'Ana'"
  holds "and nobody without one" says "HTTP 401" web $url/v1/leads -H "$json" -d '{"phone": "6319990001"}'
  channel=$(sql "select id from channel_connections where channel = 'instagram' order by tenant_id limit 1")
  holds "api seals an access token" says "HTTP 200" web --request PATCH "$url/channels/$channel" -H "$key" -H "$json" \
    -d '{"access_token": "dev_another_instagram_token"}'
  holds "which the administrator's keys open" everything_opens
}
everything_opens() {
  local said
  said=$(inside tistis doctor || :)
  [[ $said == *"OUTBOUND_SEAL belongs to"* && $said != *"does not open"* ]] || { printf '%s' "$said" && return 1; }
}

# No key of Claude's is there, so what is due is parked with its reason: jobs has been at it.
cron_takes_up_the_job() {
  holds "cron starts jobs, which takes up the answer" within 100 \
    sql_is 4 "select count(*) from jobs where job_type = 'ai_response' and status = 'dead'"
  holds "as its own user" within 40 says /proc inside find /proc -maxdepth 1 -user tistis_jobs
  holds "with lines in the journal" within 10 says event= inside journalctl --no-pager -t jobs
}

a_backup_comes_back() {
  local media=/var/lib/tistis/media backup
  holds "jobs keeps a file" as tistis_jobs sh -c "umask 007; mkdir -p $media/t/ab && echo photograph >$media/t/ab/file"
  holds "root makes a backup" inside tistis-backup make /var/backups/tistis
  backup=$(grep ^/var <<<"$report")
  inside touch /run/tistis/hold
  inside sh -c "rm -rf $media/t; setpriv --reuid=postgres --regid=postgres --init-groups psql -c 'drop database tistis with (force)'" \
    >/dev/null
  holds "database and files lost, it is restored" inside tistis-backup restore "$backup"
  holds "with its message" sql_is 1 "select count(*) from messages where content like '%cuesta una limpieza%'"
  holds "and its file, which others of the group may read and remove" as tistis_jobs_process \
    sh -c "grep photograph $media/t/ab/file && rm $media/t/ab/file"
  refused "no second time" inside tistis-backup restore "$backup"
  holds "but its files" inside tistis-backup attachments "$backup"
  holds "which api reads" as tistis_api grep photograph "$media/t/ab/file"
  holds "and cannot write to, in its unit" is "" \
    inside systemctl show --property=ReadWritePaths --value tistis-api@1.service
  inside rm -r /run/tistis/hold "$media/t"
  holds "and the programs go on" within 10 says "HTTP 200" send
}

# Whose file the processes of a program really run.
running_from() { inside sh -c "for i in \$(systemctl show --property=MainPID --value 'tistis-$1@*'); do readlink /proc/\$i/exe; done | sort -u"; }

jobs_run_from() { inside find /proc -maxdepth 1 -user tistis_jobs -exec readlink '{}/exe' ';'; }

one_program_is_deployed() {
  holds "one program is deployed from another release" inside /srv/tistis-2-trial/install --only webhook-whatsapp
  holds "its processes run it" is /usr/lib/tistis/releases/2-trial/bin/webhook-whatsapp running_from webhook-whatsapp
  holds "the others are as they were" is /usr/lib/tistis/releases/1-trial/bin/jobs-process running_from jobs-process
}

nothing_is_lost_while_it_restarts() {
  local restarts
  (for _ in 1 2 3 4 5; do inside systemctl restart 'tistis-webhook-whatsapp@*' >/dev/null; done) &
  restarts=$!
  holds "messages are taken while all its processes restart" sends_until_ended $restarts
  wait $restarts
}
sends_until_ended() {
  while kill -0 "$1" 2>/dev/null; do says "HTTP 200" send || return 1; done
}

# A third release: one more migration, and another site.
make_later_release() {
  local tree=$machine/srv/tistis-3-trial migrations
  cp -a "$machine/srv/tistis-2-trial" "$tree"
  migrations=("$tree"/sql/migrations/*)
  say "select 1;" >"$tree/sql/migrations/$(printf '%04d_trial.sql' $((${#migrations[@]} + 1)))"
  sed -i 's/^version .*/version 3-trial/' "$tree/VERSION"
  say "# A later one." >>"$tree/nginx/tistis.conf"
  (cd "$tree" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum) >"$work/sums"
  cp "$work/sums" "$tree/SHA256SUMS"
  sed -i 's/tistis\.example/chat.example/' "$machine/etc/nginx/sites-available/tistis.conf"
}

# As if the release before had not known these settings, nor this program.
forget_newer_settings() {
  local etc=$machine/etc/tistis
  sed -i '/TIKTOK_CLIENT/d' "$etc/jobs.env"
  sed -i '/_SEAL=/d' "$etc/common.env"
  rm "$etc/api.env"
}

newer_settings_are_added() {
  local etc=$machine/etc/tistis seals name
  seals=$(grep _SEAL= "$work/settings/common.env")
  holds "with settings that the older release did not know" grep -q '^# TIKTOK_CLIENT_KEY=' "$etc/jobs.env"
  holds "seals that belong to the keys that were there" is "$seals" grep _SEAL= "$etc/common.env"
  holds "the new program's own" diff "$work/settings/api.env" "$etc/api.env"
  holds "and all that stood there" is "$(grep '^[A-Z]' "$work/settings/jobs.env")" grep '^[A-Z]' "$etc/jobs.env"
  for name in api jobs common; do cp -a "$work/settings/$name.env" "$etc/$name.env"; done
}

all_of_it_is_upgraded() {
  make_later_release
  forget_newer_settings
  holds "one program of a release that migrates is refused" says "install all of it" \
    not inside /srv/tistis-3-trial/install --only webhook-whatsapp
  holds "all of it is upgraded" says "let jobs drain" inside /srv/tistis-3-trial/install
  newer_settings_are_added
  report=$(inside /usr/lib/tistis/releases/3-trial/install)
  holds "which is done then" says "Nothing to change" say "$report"
  holds "and runs" is /usr/lib/tistis/releases/3-trial/bin/jobs-process running_from jobs-process
  holds "and cron starts its jobs" within 70 says /usr/lib/tistis/releases/3-trial/bin/jobs jobs_run_from
  holds "with the settings that were there" diff -r "$work/settings" "$machine/etc/tistis"
}

and_back_again() {
  holds "an older release takes its place again" says "the database is newer" inside /usr/lib/tistis/releases/1-trial/install
  holds "and runs" is /usr/lib/tistis/releases/1-trial/bin/webhook-whatsapp running_from webhook-whatsapp
  holds "and takes messages" says "HTTP 200" send
}

edited_files_are_kept() {
  local site=$machine/etc/nginx/sites-available/tistis.conf
  holds "a site that somebody has edited is kept" grep -q chat.example "$site"
  holds "a release's own lies beside it" grep -q "server_name tistis.example" "$site.new"
  say "" >>"$machine/srv/tistis-2-trial/bin/jobs"
  holds "a copy that was damaged is refused" says "damaged" not inside /srv/tistis-2-trial/install
}
