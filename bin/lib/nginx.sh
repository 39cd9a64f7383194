# shellcheck shell=bash
# nginx for a world: the production files as they are, in a small wrapper without TLS on the loopback.

# endpoints: the programs that nginx/endpoints.conf names, one a line. It is the one list of what exists on the web.
endpoints() {
  sed -n 's#^[^\#]*fastcgi_pass unix:/run/tistis/\([a-z0-9-]*\)\.sock.*#\1#p' "$root/nginx/endpoints.conf" | sort -u
}

# address_of PROGRAM: one of its addresses, to hear whether it answers. The platforms' webhooks have one a tenant.
address_of() {
  case $1 in
    api) say /api/leads ;;
    webhook-*) say "/api/${1//-//}/esva-dental" ;;
    *) say "/api/${1//-//}" ;;
  esac
}

# write_nginx FOLDER: the wrapper and what it includes; nginx reads relative names from beside its main file.
write_nginx() {
  local folder=$1
  cp "$root/nginx/tistis_fastcgi.conf" "$root/nginx/tistis_server.conf" "$root/nginx/tistis_limits.conf" "$folder/"
  # Whoever tests or tries this world asks from there, as often as he likes; from 127.0.0.2 on one is counted.
  say "127.0.0.1 0;" >"$folder/tistis_uncounted.conf"
  sed "s#unix:/run/tistis/#unix:$SOCKET_DIR/#" "$root/nginx/endpoints.conf" >"$folder/endpoints.conf"
  {
    say "# Written by bin/dev at every start."
    # As root the sockets and the tree may lie where only root may look. The loopback is all that is served.
    [ "$am_root" = 0 ] || say "user root;"
    cat <<EOT
daemon off;
worker_processes 2;
pid "$RUN_DIR/nginx-master";
error_log stderr warn;
events { worker_connections 1024; }
http {
  log_format world 'svc=nginx req=\$request_id \$request_method \$uri status=\$status bytes=\$body_bytes_sent '
    'ms=\$request_time upstream=\$upstream_response_time';
  access_log "$LOG_DIR/nginx.log" world;
  client_body_temp_path "$RUN_DIR/nginx-body";
  proxy_temp_path "$RUN_DIR/nginx-proxy";
  fastcgi_temp_path "$RUN_DIR/nginx-fastcgi";
  uwsgi_temp_path "$RUN_DIR/nginx-uwsgi";
  scgi_temp_path "$RUN_DIR/nginx-scgi";
  include tistis_limits.conf;
  server {
    listen 127.0.0.1:$PORT;
    include tistis_server.conf;
    include endpoints.conf;
    # What the stand-in for the outside world received; nothing else of it is reachable from here.
    location = /sandbox/requests { proxy_pass http://127.0.0.1:$SANDBOX_PORT; }
  }
}
EOT
  } >"$folder/nginx.conf"
}

# nginx_test FILE FOLDER: nginx -t; its own words on failure.
nginx_test() { nginx -t -q -e stderr -p "$2" -c "$1"; }

# test_production_nginx: the files as they are deployed, with a certificate of a minute and unprivileged ports.
test_production_nginx() {
  local folder status=0
  folder=$(mktemp -d)
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=tistis.example \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
  cp "$root"/nginx/*.conf "$folder/"
  sed -i -e "s#/etc/tistis/tls/fullchain.pem#$folder/cert.pem#; s#/etc/tistis/tls/privkey.pem#$folder/key.pem#" \
    -e 's#listen \(\[::\]:\)\{0,1\}443#listen \118443#; s#listen \(\[::\]:\)\{0,1\}80\b#listen \118080#' \
    -e "s#/var/log/nginx/#$folder/#" "$folder/tistis.conf"
  printf 'pid %s/pid;\nerror_log stderr;\nevents {}\nhttp { include tistis_limits.conf; include tistis.conf; }\n' "$folder" >"$folder/nginx.conf"
  nginx_test "$folder/nginx.conf" "$folder" || status=1
  rm -rf "$folder"
  return "$status"
}
