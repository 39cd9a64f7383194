# shellcheck shell=bash
# A Debian of its own in a folder, booted by systemd-nspawn: for trying an installation with the real systemd.

# make_machine: sets machine to the folder of a fresh Debian of this one's release, from this one's own package sources.
make_machine() {
  local source codename packages
  machine=$work/machine leader='' nspawn=''
  container=(systemd-nspawn --quiet --register=no --keep-unit --directory="$machine" --machine=tistis-trial --console=pipe)
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # What a Debian has that was put on a machine; the rest is for install to bring.
  packages=ca-certificates,cron,dbus,systemd-sysv
  if [ ! -x "${base:-$machine}/usr/bin/apt-get" ]; then
    # shellcheck disable=SC2016 # apt-get expands it
    source=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | sed -n "s/^$codename //p" | head -n 1)
    [ -n "$source" ] || die "apt knows no source for $codename" "apt-get update"
    say "Making a Debian $codename in ${base:-$machine} from $source…"
    debootstrap --variant=minbase --include="$packages" "$codename" "${base:-$machine}" "$source" >"$work/debootstrap.log" 2>&1 ||
      die "debootstrap failed: $(tail -n 2 "$work/debootstrap.log")" "see its log: $work/debootstrap.log"
  fi
  [ -z "$base" ] || cp -a "$base" "$machine"
}

# in_chroot COMMAND…: as in a chroot: nothing of systemd runs, and the network is this machine's.
in_chroot() { "${container[@]}" --as-pid2 -- "$@" </dev/null; }

# boot_machine: with its own network, which is empty. Sets leader to its first process as seen from here.
boot_machine() {
  local until=$(($(now_ms) + 90000)) state
  "${container[@]}" --private-network --boot </dev/null >"$work/console.log" 2>&1 &
  nspawn=$!
  until leader=$(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null) && leader=${leader%% *} && [ -n "$leader" ] &&
    state=$(inside systemctl is-system-running 2>/dev/null || :) && [[ $state =~ ^(running|degraded)$ ]]; do
    kill -0 $nspawn 2>/dev/null || die "the machine ended: $(tail -n 2 "$work/console.log")" "$work/console.log"
    [ "$(now_ms)" -lt $until ] || die "the machine is not up after 90 s: ${state:-}" "$work/console.log"
    sleep 0.2
  done
}

# inside COMMAND…: in the booted machine, as its root.
inside() {
  nsenter --target "$leader" --mount --uts --ipc --net --pid --root -- \
    env -i -C / PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root "$@" 2>&1
}

# stop_machine: orderly, and by force after 20 s. Its processes are in a namespace that ends with its first one.
stop_machine() {
  local until=$(($(now_ms) + 20000))
  [ -n "$nspawn" ] || return 0
  # systemd's "halt".
  if [ -n "$leader" ]; then kill -s RTMIN+3 "$leader" 2>/dev/null || :; fi
  while kill -0 "$nspawn" 2>/dev/null && [ "$(now_ms)" -lt $until ]; do sleep 0.2; done
  if kill -0 "$nspawn" 2>/dev/null; then kill -KILL "$leader" "$nspawn" 2>/dev/null || :; fi
  wait "$nspawn" 2>/dev/null || :
  nspawn=''
}

finish() {
  local status=$?
  trap - ERR EXIT
  stop_machine
  if [ -n "$keep" ]; then
    say "Kept: $machine (systemd-nspawn --boot --private-network --directory=$machine; its root has no password)"
  else
    rm -rf "$work"
  fi
  exit "$status"
}
