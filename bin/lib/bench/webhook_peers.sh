# shellcheck shell=bash
# What bin/bench webhook compares with: pgbench with the program's own statements, and php-fpm.

# pgbench_script: writes one script a tenant from what the server saw of one post to each.
pgbench_script() {
  local tenant first=100000
  psql_world postgres -c "alter system set log_statement = 'all'" -c 'select pg_reload_conf()' >/dev/null
  "$root/bin/lib/bench/posts" "look-$RANDOM" 2 2 "$secret" '' "$channel" >"$DEV_DIR/posts"
  sleep 0.2
  "$root/bin/lib/bench/fire" "$PORT" "$DEV_DIR/posts" 1 >/dev/null
  psql_world postgres -c 'alter system reset log_statement' -c 'select pg_reload_conf()' >/dev/null
  for tenant in a0000000-0000-0000-0000-000000000001 a0000000-0000-0000-0000-000000000002; do
    "$root/bin/lib/bench/statements" "$LOG_DIR/postgres.log" "$tenant" "$first" $((contacts / 2)) 2 >"$DEV_DIR/$tenant.sql" ||
      die "the server's log does not show what the program did" "less $LOG_DIR/postgres.log"
    first=$((first + 1))
  done
}

# pgbench_round SECONDS: sets its rate; fails unless each transaction stored a message.
pgbench_round() {
  local said before after finished script options=()
  for script in "$DEV_DIR"/a0000000*.sql; do options+=(--file "$script"); done
  psql_world postgres -c checkpoint
  before=$(stored)
  said=$("$(bench_tool pgbench)" --no-vacuum --protocol prepared --client "$clients" --jobs 1 --time "$1" "${options[@]}" \
    "$(dsn tistis "tistis_webhook_$channel")" 2>&1) || die "pgbench failed: $said" "cat $DEV_DIR/*.sql"
  after=$(stored)
  pace[pgbench]=$(sed -n 's/^tps = \([0-9]*\).*/\1/p' <<<"$said")
  finished=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' <<<"$said")
  [ $((after - before)) = "$finished" ] || die "pgbench says $finished transactions, and $((after - before)) were stored" "see $DEV_DIR"
  printf '%-9s %-8s %-5s %6s/s\n' "$channel" pgbench "${1}s" "${pace[pgbench]}" >&"$people"
}

# As root, php-fpm wants to be told that this is meant.
root_may=()
[ "$am_root" = 0 ] || root_may=(--allow-to-run-as-root)

need_php() {
  need_packages '/usr/sbin/php-fpm*=php-fpm' '/usr/lib/php/*/pgsql.so=php-pgsql' '/usr/lib/php/*/apcu.so=php-apcu'
}

# php_world: 16 workers that stay, and a second address of the same nginx that leads to them.
php_world() {
  local fpm peer
  fpm=$(compgen -G '/usr/sbin/php-fpm*' | sort -V | tail -n 1)
  cp "$root/bin/lib/bench/webhook.php" "$SOCKET_DIR/"
  {
    printf '[global]\nerror_log = %s\nlog_level = warning\ndaemonize = no\n' "$LOG_DIR/php.log"
    printf '[www]\nlisten = %s\nlisten.backlog = 1024\nlisten.mode = 0600\n' "$SOCKET_DIR/php.sock"
    [ "$am_root" = 0 ] || printf 'user = root\ngroup = root\n'
    printf 'pm = static\npm.max_children = 16\npm.max_requests = 10000\nclear_env = yes\n'
    # The log is a file of its own, appended to by each worker, as ours is a pipe or a file.
    printf 'php_admin_value[error_log] = %s\nphp_admin_flag[log_errors] = on\n' "$LOG_DIR/php-app.log"
    printf 'php_admin_value[opcache.validate_timestamps] = 0\n'
  } >"$ETC_DIR/php.conf"
  for peer in pdo pg; do
    cat <<EOT
location ~ ^/bench/$peer/ {
  include tistis_fastcgi.conf;
  fastcgi_param SCRIPT_FILENAME $SOCKET_DIR/webhook.php;
  fastcgi_param DATABASE_URL "$(dsn tistis tistis_webhook_whatsapp)";
  fastcgi_param APP_SECRET dev_meta_app_secret;
  fastcgi_param PEER $peer;
  fastcgi_pass unix:$SOCKET_DIR/php.sock;
}
EOT
  done >"$ETC_DIR/php_location.conf"
  sed -i 's/^    include endpoints.conf;/&\n    include php_location.conf;/' "$ETC_DIR/nginx.conf"
  # Opcache is on by Debian's own settings; its compiler to machine code too, as it would be for speed.
  spawn php "$fpm" --nodaemonize --fpm-config "$ETC_DIR/php.conf" ${root_may[@]+"${root_may[@]}"} \
    -d opcache.enable=1 -d opcache.jit=tracing -d opcache.jit_buffer_size=32M -d apc.enabled=1
  is_alive nginx && kill -HUP "$pid"
  await_http php "http://127.0.0.1:$PORT/bench/pdo/esva-dental"
}
