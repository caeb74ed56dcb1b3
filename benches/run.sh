#!/usr/bin/env bash
# The end-to-end benchmark: a first night and a second, identical one, beside the floor in the same run.
#
#   benches/run.sh [SCALE]…        default: 8.4 and 200 (about 100,000 and 2,500,000 intakes)
#   BUSS=path/to/buss              another binary than target/release/buss, which is built when it is missing
#   BENCH_DIR=directory            where data goes (default: a new one under /tmp, removed at the end)
#
# The floor is `psql \copy` of the same intakes, as clean, typed UTF-8 CSV with the fact's own columns and surrogate keys,
# into one plain table without indexes of the same cluster: what is left when nothing is read, proven, hashed, keyed or
# published. CPU is user + system time of client and server together; it changes less than wall time on a busy machine.
# Nothing here passes or fails: a benchmark is read, not asserted.
set -euo pipefail
cd "$(dirname "$0")/.."
source benches/measure.sh

scales=("$@")
[ ${#scales[@]} -gt 0 ] || scales=(8.4 200)
if [ -z "${BUSS:-}" ]; then
    cargo build --release --quiet
    BUSS=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/release/buss
fi
dir=${BENCH_DIR:-$(mktemp -d /tmp/buss-bench-XXXXXX)}
mkdir -p "$dir"
# The cluster's account must be able to enter.
chmod 755 "$dir"

command -v psql >/dev/null && [ -x /usr/bin/time ] || { echo "needs psql and GNU time (Debian: postgresql-client, time)" >&2; exit 1; }
machine

for scale in "${scales[@]}"; do
    work=$dir/$scale
    mkdir -p "$work"
    chmod 755 "$work"
    [ -f "$work/sample/buss.toml" ] || "$BUSS" sample --out "$work/sample" --scale "$scale" --quiet >/dev/null
    export BUSS_PATHS__DATA_DIR=$work/data
    buss=("$BUSS" --config "$work/sample/buss.toml" --quiet)
    url=$("${buss[@]}" db start)
    socket=$(sed -n 's/.*[?&]host=\([^&]*\).*/\1/p' <<<"$url")
    trap '"${buss[@]}" db stop >/dev/null || true' EXIT

    night first "$socket" "${buss[@]}" run
    read -r rows bytes < <(floor_export "$socket" "$work/ideal.csv")
    night second "$socket" "${buss[@]}" run
    floor_copy "$socket" "$work/ideal.csv"
    report "$scale" "$rows" "$bytes" "$(du -sb "$work/sample" | cut -f1)"

    "${buss[@]}" db stop >/dev/null
    trap - EXIT
    rm -rf "$work/data" "$work/ideal.csv"
done
[ -n "${BENCH_DIR:-}" ] || rm -rf "$dir"
