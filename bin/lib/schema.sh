# shellcheck shell=bash
# The golden schema: what migrations, functions and policies add up to.

# dump_schema: of the scratch database, without what differs from run to run and from minor version to minor version.
dump_schema() {
  "$(postgres_bin "$(<"$CLUSTER_DIR/data/PG_VERSION")")/pg_dump" --schema-only "$(dsn tistis postgres)" |
    sed -e '/^\\restrict /d' -e '/^\\unrestrict /d' -e '/^-- Dumped from database version/d' \
      -e '/^-- Dumped by pg_dump version/d' | cat -s
}

# generate_queries FLAG…: the typed Swift of sql/queries, described by the scratch database.
generate_queries() {
  "$BIN_DIR/sqlgen" --dsn "$(dsn tistis postgres)" --queries "$root/sql/queries" \
    --out "$root/Sources/Store/Generated" "$@"
}
