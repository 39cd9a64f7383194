# shellcheck shell=bash
# Units and crontab: who starts the programs.

place_services() {
  local file name before=$changes
  while read -r file; do
    name=${file#tistis-}
    name=${name%%[@.]*}
    if [ -n "$only" ] && [[ " ${chosen[*]} " != *" $name "* ]]; then continue; fi
    replace "/etc/systemd/system/$file" 644 root:root <"$tree/etc/systemd/$file"
  done < <(cd "$tree/etc/systemd" && find . -type f -printf '%P\n' | sort)
  units_changed=$((changes - before))
  [ -z "$only" ] || return 0
  configure "$tree/etc/crontab" /etc/cron.d/tistis 644
  for name in "${programs[@]}"; do enable_program "$name"; done
  is_enabled multi-user.target.wants/tistis.target || act "start the programs at boot" enable tistis.target
}

is_enabled() { [ -L "/etc/systemd/system/$1" ]; }
enable() { systemctl --quiet enable "$@"; }

# enable_program NAME: once; how many processes it has later is the administrator's to say.
enable_program() {
  local count units=() i
  ! is_enabled "sockets.target.wants/tistis-$1.socket" || return 0
  count=$(sed -n "s/^$1 //p" "$tree/etc/programs")
  for ((i = 1; i <= count; i++)); do units+=("tistis-$1@$i.service"); done
  act "start $count processes of $1 at boot" enable "tistis-$1.socket" "${units[@]}"
}

# start_services: what is new is started; what was switched is restarted one process after the other, while its socket
# keeps what arrives. Of jobs, cron starts the new one within half a minute, and the old one then drains.
start_services() {
  local name unit
  [ -z "$dry" ] || return 0
  if ! has_systemd; then
    remark "systemd does not run here, so nothing was started: the next boot does it"
    return 0
  fi
  [ "$units_changed" = 0 ] || systemctl daemon-reload
  [ -n "$only" ] || systemctl --quiet enable --now nginx cron
  for name in "${programs[@]}"; do systemctl start "tistis-$name.socket"; done
  for name in "${chosen[@]}"; do
    [[ " ${programs[*]} " == *" $name "* ]] || continue
    [ "$units_changed" != 0 ] || [[ " ${switched[*]-} " == *" $name "* ]] || continue
    for unit in $(systemctl list-units --plain --no-legend --state=active "tistis-$name@*.service" | cut -d' ' -f1); do
      act "restart $unit" systemctl restart "$unit"
    done
  done
  [ -n "$only" ] || systemctl start tistis.target
  [ -n "$only" ] || systemctl reload nginx
}
