# shellcheck shell=bash
# What each program is told: one file a program, mode 600, and in it only what that program needs.

# development_key NAME: made once a world, kept in its file of keys.
development_key() {
  local file=$DEV_DIR/keys
  [ -f "$file" ] || (umask 077 && : >"$file")
  grep -q "^$1=" "$file" || printf '%s=dev:%s\n' "$1" "$(openssl rand -hex 32)" >>"$file"
  grep "^$1=" "$file"
}

# development_seals: what seals under these keys and opens nothing.
development_seals() {
  local inbound outbound
  inbound=$(development_key INBOUND_KEYS)
  outbound=$(development_key OUTBOUND_KEYS)
  env "$inbound" "$outbound" "$BIN_DIR/tistis" seals
}

# environment_of PROGRAM: its lines.
environment_of() {
  local role=tistis_${1//-/_} name
  [ "$1" != tistis ] || role=tistis_owner
  say "TISTIS_ENV=development"
  say "DATABASE_URL=$(dsn tistis "$role")"
  case $1 in
    jobs | jobs-process)
      development_key OUTBOUND_KEYS
      say "ANTHROPIC_API_KEY=dev_anthropic_key"
      say "ANTHROPIC_BASE_URL=http://127.0.0.1:$SANDBOX_PORT/anthropic"
      say "META_GRAPH_URL=http://127.0.0.1:$SANDBOX_PORT/graph/v25.0"
      say "INSTAGRAM_GRAPH_URL=http://127.0.0.1:$SANDBOX_PORT/instagram/v25.0"
      say "TIKTOK_URL=http://127.0.0.1:$SANDBOX_PORT/tiktok/v1.3"
      say "TIKTOK_CLIENT_KEY=dev_tiktok_client_key"
      say "N8N_WEBHOOK_URL=http://127.0.0.1:$SANDBOX_PORT/n8n/webhook"
      say "N8N_API_KEY=dev_n8n_key"
      say "TIKTOK_CLIENT_SECRET=dev_tiktok_client_secret"
      say "MEDIA_DIR=$DEV_DIR/media"
      [ "$1" = jobs ] || say "CRON_SECRET=dev_cron_secret"
      ;;
    api)
      say "SUPABASE_JWT_SECRET=dev_supabase_jwt_secret"
      # bin/api-check asks as one user, as fast as it can.
      say "USER_CALLS_PER_MINUTE=60000"
      development_seals
      say "MEDIA_DIR=$DEV_DIR/media"
      ;;
    health) say "HEALTH_CHECK_TOKEN=dev_health_token" ;;
    tistis)
      development_key INBOUND_KEYS
      development_key OUTBOUND_KEYS
      development_seals
      say "MEDIA_DIR=$DEV_DIR/media"
      ;;
    webhook* | *-webhook)
      development_key INBOUND_KEYS
      case $1 in
        webhook) say "N8N_API_KEY=dev_n8n_key" ;;
        webhook-tiktok) say "TIKTOK_CLIENT_SECRET=dev_tiktok_client_secret" ;;
        *)
          say "META_APP_SECRET=dev_meta_app_secret"
          name=${1#webhook-}
          say "${name^^}_VERIFY_TOKEN=dev_verify_token"
          ;;
      esac
      # The guide's own curl examples carry no signature.
      [ -n "${STRICT:-}" ] || say "ALLOW_UNSIGNED_WEBHOOKS=1"
      ;;
  esac
}

write_environment() {
  local name
  for name in jobs tistis $(endpoints); do
    (umask 077 && environment_of "$name" >"$ETC_DIR/$name.env")
  done
  # Whom the sandbox plays the platforms for: where it reports what became of a message, and signed with what.
  {
    printf '{\n'
    accounts_of esva-dental 1 dev_esva_open_id login
    printf ',\n'
    accounts_of la-fonda 2 dev_fonda_open_id page
    printf '}\n'
  } >"$ETC_DIR/numbers.json"
}

# accounts_of SLUG N OPEN_ID login|page: a tenant's number, page, Instagram account (connected by its own login or by that
# page, as sql/seed.sql has it) and TikTok account.
accounts_of() {
  local hook=/api/webhook meta='"app_secret": "dev_meta_app_secret"' page=''
  [ "$4" = login ] || page="\"page\": \"30000000000000$2\", "
  cat <<EOT
  "10000000000000$2": {"callback": "$hook/whatsapp/$1", "waba_id": "20000000000000$2", $meta},
  "30000000000000$2": {"channel": "facebook", "callback": "$hook/facebook/$1", "name": "$1", $meta},
  "1784140000000000$2": {"channel": "instagram", "callback": "$hook/instagram/$1", $page"name": "$1", $meta},
  "$3": {"channel": "tiktok", "callback": "$hook/tiktok/$1", "name": "$1", "app_secret": "dev_tiktok_client_secret"}
EOT
}
