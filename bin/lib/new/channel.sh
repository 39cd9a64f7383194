# shellcheck shell=bash
# shellcheck disable=SC2016 # what stands between the marks is for perl
# What bin/new channel writes: each function puts the channel's name where one of the others stands.

# channel_names: those there are.
channel_names() {
  sed -n '/^public enum ChannelName/,/^}/s/^  case \(.*\)$/\1/p' Sources/Rules/Inbound.swift | tr -d ' ' | tr ',' '\n'
}

# change FILE PERL: a change that has to change something, or a list has moved and this file has to follow.
change() {
  local before
  before=$(sha256sum "$1")
  new=$name New=${name^} NEW=${name^^} perl -0pi -e "my (\$n, \$N, \$U) = @ENV{qw(new New NEW)}; $2" "$1"
  [ "$before" != "$(sha256sum "$1")" ] ||
    die "$1 is not as bin/new knows it: nothing was written there" "look how tiktok stands in it, and mend bin/lib/new/channel.sh" \
      "what was written so far: git status; git checkout . && git clean -fd Sources Tests sql takes it back"
}

# from_template TEMPLATE FILE
from_template() {
  [ ! -e "$2" ] || die "$2 exists already" "choose another name"
  mkdir -p "$(dirname "$2")"
  sed "s/@name@/$name/g; s/@Name@/${name^}/g; s/@NAME@/${name^^}/g" "bin/lib/new/channel/$1" >"$2"
}

new_files() {
  from_template Channel.swift "Sources/Peers/Channels/${name^}.swift"
  from_template main.swift "Sources/Endpoints/webhook-$name/main.swift"
  from_template migration.sql "$migration"
  from_template text.json "Tests/PeersTests/Fixtures/$name/text.json"
  from_template text.expected "Tests/PeersTests/Fixtures/$name/text.expected"
  from_template send.json "Tests/PeersTests/Fixtures/$name-send/text.json"
  from_template send.expected "Tests/PeersTests/Fixtures/$name-send/text.expected"
}

# Where a switch asks something else, the new one is answered like WhatsApp, which has no special ways.
new_cases() {
  local file
  change Sources/Rules/Inbound.swift 's/(enum ChannelName[^}]*?\n  case [^\n]*)/$1, $n/'
  change Sources/Rules/ChannelLimits.swift \
    's/(    case \.whatsapp:\n)/    case .$n:\n      ChannelLimits(windowHours: 24, textMax: 1000, countedIn: .characters, perMinute: 30)\n$1/'
  change Sources/Rules/SendPace.swift \
    's/(    case \.whatsapp: )/    case .$n: SendPace(numberSeconds: 1, pairSeconds: 6, pairBurst: 10)\n$1/'
  change Sources/Peers/Channel.swift 's/(static let all: \[Channel\] = \[[^\]]*)\]/$1, .$n]/'
  change Sources/Flows/Send.swift 's/(    case \.tiktok: settings\.url\(\.tiktokURL\)\n)/$1    case .$n: settings.url(.${n}URL)\n/'
  change Sources/Flows/ReceiveShared.swift \
    's/(    case \.tiktok: \[\.tiktokSecret\]\n)/$1    case .$n: [.${n}Secret]\n/; s/(    case )\.tiktok: \[\]/$1.tiktok, .$n: []/'
  while read -r file; do
    change "$file" 's/^(\s*case (?:\.\w+, )*\.whatsapp)((?:, \.\w+)*:)/$1, .$n$2/mg'
  done < <(
    grep -rlE '^ *case (\.[a-z]+, )*\.whatsapp(, \.[a-z]+)*:' Sources --include='*.swift' |
      grep -vE '^Sources/Tools/(sandbox|storm|customers)/|/(ChannelLimits|SendPace|ReceiveShared|Send)\.swift$'
  )
}

new_settings() {
  change Sources/Core/Settings.swift '
    s/(  public static let tiktokURL = )/  public static let ${n}Secret = Setting(\n    "${U}_APP_SECRET", .secret, default: "", "Secret of the platform\x27s own app at $N, for the webhook that all tenants share.")\n  public static let ${n}URL = Setting(\n    "${U}_URL", .url, default: "https:\/\/api.$n.example", "API of $N.")\n$1/;
    s/tiktokURL, mediaFolder/tiktokURL, ${n}Secret, ${n}URL, mediaFolder/'
  change Sources/Flows/Office.swift 's/\.tiktokURL,/.tiktokURL, .${n}URL,/'
  change README.md \
    's/(\| `MEDIA_DIR` \|)/| `${U}_APP_SECRET` | webhook-$n | secret of the platform\x27s own app at $N; empty: the shared webhook is closed |\n| `${U}_URL` | jobs, jobs-process | the API of $N |\n$1/'
}

new_program() {
  change Package.swift 's/"webhook-tiktok",/"webhook-tiktok", "webhook-$n",/'
  change nginx/endpoints.conf \
    's/(\n# TikTok Business Messaging.*?\n\}\n)/$1\n# $N, likewise.\nlocation ~ "^\/api\/webhook\/$n(\/[A-Za-z0-9_-]{1,100})?\$" {\n  include tistis_fastcgi.conf;\n  fastcgi_pass unix:\/run\/tistis\/webhook-$n.sock;\n}\n/s'
  change bin/lib/environment.sh 's/(\n +)(webhook-tiktok\) say )/$1webhook-$n) say "${U}_APP_SECRET=dev_${n}_secret" ;;$1$2/'
  change Sources/Flows/Footing.swift 's/"webhook-tiktok": webhook,/"webhook-tiktok": webhook, "webhook-$n": webhook,/'
}

new_rights() {
  change sql/policies.sql \
    "s/'tistis_webhook_tiktok'/'tistis_webhook_tiktok', 'tistis_webhook_\$n'/g; s/(?<!')\\btistis_webhook_tiktok\\b/tistis_webhook_tiktok, tistis_webhook_\$n/g"
  change Tests/ProjectTests/Holes.swift \
    's/"(tistis_webhook_\w+(?:, tistis_webhook_\w+)*)"/q(").join(", ", sort(split(", ", $1), "tistis_webhook_$n")).q(")/e'
  change sql/functions/contact_alias.sql "s/'tiktok'\\)/'tiktok', '\$n')/; s/tiktok, sms/tiktok, \$n, sms/"
  change sql/functions/guide_leads.sql "s/'facebook', 'tiktok'/'facebook', 'tiktok', '\$n'/"
  change sql/functions/guide_limits.sql "s/when 'tiktok' then 10/when 'tiktok' then 10 when '\$n' then 30/"
  change Sources/Flows/App.swift "s/(static let schema: Int32 = )\\d+/\${1}$number/"
}

# Where tests make an account of each channel.
new_accounts() {
  change Tests/FlowsTests/Account.swift '
    s/(      case \.tiktok: \("tiktok_open_id", [^\n]*\n)/$1      case .$n: ("${n}_account_id", unique("${n}_"))\n/;
    s/(    case \.instagram, \.facebook)(: Alias)/$1, .$n$2/'
}

# new_channel NAME
new_channel() {
  local last
  name=$1
  last=$(find sql/migrations -name '[0-9]*.sql' -printf '%f\n' | sort | tail -1)
  number=$((10#${last%%_*} + 1))
  migration=$(printf 'sql/migrations/%04d_%s.sql' "$number" "$name")
  new_files
  new_cases
  new_settings
  new_program
  new_rights
  new_accounts
  say "Made the channel $name: git status shows where. Left to do:"
  cat <<END
  1. Sources/Peers/Channels/${name^}.swift: how it really signs, what it really sends, what its errors mean; a payload of
     each kind in Tests/PeersTests/Fixtures/$name, then UPDATE=1 bin/test --filter PeersTests and read what it wrote.
  2. Sources/Rules/ChannelLimits.swift (and SendPace, ReplyGate, TokenLife): its window, lengths, pace; everywhere else a
     switch answers it like WhatsApp: git diff Sources shows which.
  3. $migration: the column that holds its account's id; and ${name}_account_id where TikTok's has its place:
$(grep -rl --include='*.swift' --include='*.sql' -E 'tiktok_open_id|tiktokOpenId' Sources/Flows sql/functions sql/queries sql/policies.sql | sort | sed 's/^/       /')
  4. bin/sqlgen; bin/migrate --dump; UPDATE=1 bin/test --filter ProjectTests: generated code, schema.sql, grants, env.example.
  5. sql/seed.sql and Sources/Flows/Seed.swift: an account of each demonstration tenant; bin/send and bin/lib/environment.sh.
  6. Sources/Tools/sandbox: its stand-in, with what it refuses; Tests/Support/Platform.swift: what it posts.
  7. README: a line of "The other channels".
END
}
