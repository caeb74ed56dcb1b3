# Measuring for run.sh: wall time, CPU time of client and server, peak memory of the client. Sourced, not run.
# In: a command and the cluster's socket directory. Out: variables named after the measurement (`first_wall`, `first_cpu`, …).
# Reads /proc, so it needs Linux; changes nothing but the table `bench_floor`, which it drops.

machine() {
    printf 'machine  %s, %s cores, %s MiB, load %s\n' \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
        "$(($(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) / 1024))" "$(cut -d' ' -f1-3 /proc/loadavg)"
}

now() { date +%s.%N; }

# Clock ticks of a process: its own (fields 14 and 15) and, for the postmaster, those of the backends that ended (16, 17).
ticks() { { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null || true; } | awk '{ print $12 + $13 + $14 + $15 }'; }

# CPU seconds of a cluster until now: the postmaster, its ended backends and its living ones.
server_cpu() {
    local postmaster pid own sum=0
    postmaster=$(cat "$1"/.s.PGSQL.*.lock | head -n 1)
    for pid in "$postmaster" $(pgrep -P "$postmaster"); do
        # A backend that has just ended has no file any more; its time is the postmaster's then.
        own=$(ticks "$pid")
        sum=$((sum + ${own:-0}))
    done
    awk -v ticks="$sum" -v hertz="$(getconf CLK_TCK)" 'BEGIN { print ticks / hertz }'
}

calc() { awk "BEGIN { printf \"%.3f\", $1 }"; }

# night NAME SOCKET COMMAND…: sets NAME_wall, NAME_cpu (client and server), NAME_client (CPU of the client), NAME_peak (KiB).
night() {
    local name=$1 socket=$2 began server peak user sys times
    shift 2
    times=$(mktemp)
    server=$(server_cpu "$socket")
    began=$(now)
    # GNU time has the peak from wait4: of the program, not of the server. Exit code 3 means done, with something set aside.
    /usr/bin/time -o "$times" -f '%U %S %M' "$@" >/dev/null || [ $? -eq 3 ]
    printf -v "${name}_wall" %s "$(calc "$(now) - $began")"
    read -r user sys peak < <(tail -n 1 "$times")
    rm -f "$times"
    printf -v "${name}_client" %s "$(calc "$user + $sys")"
    printf -v "${name}_cpu" %s "$(calc "$user + $sys + $(server_cpu "$socket") - $server")"
    printf -v "${name}_peak" %s "$peak"
}

sql() { PGOPTIONS='-c client_min_messages=warning' psql -XAtq -v ON_ERROR_STOP=1 -h "$1" -U buss -d buss -c "$2"; }

FLOOR_COLUMNS='anmalan_id, child_key, received_date, district_key, intake_type_key, reporter_category_key, intake_reason_group_key,
    age_key, protection_assessment_date, protection_assessment_date_status, decision_outcome_key, decision_date, decision_date_status,
    legal_basis_key, utredning_id, utredning_id_status, slice_id, period_year, load_id, known_from, known_to, row_hash'

# floor_export SOCKET FILE: writes the intakes of the fact as the ideal file; prints rows and bytes.
floor_export() {
    local columns=${FLOOR_COLUMNS//$'\n'/ }
    sql "$1" "\\copy (select $columns from core.fact_anmalan) to '$2' (format csv)" >/dev/null
    echo "$(sql "$1" 'select count(*) from core.fact_anmalan') $(stat -c %s "$2")"
}

# floor_copy SOCKET FILE: the floor itself; sets floor_wall and floor_cpu.
floor_copy() {
    local columns=${FLOOR_COLUMNS//$'\n'/ }
    sql "$1" "drop table if exists public.bench_floor; create table public.bench_floor as select $columns from core.fact_anmalan with no data; checkpoint"
    night floor "$1" psql -XAtq -v ON_ERROR_STOP=1 -h "$1" -U buss -d buss -c "\\copy public.bench_floor from '$2' (format csv)"
    sql "$1" 'drop table public.bench_floor'
}

# report SCALE ROWS IDEAL_BYTES SAMPLE_BYTES: what `night` and `floor_copy` measured.
report() {
    local rows=$2
    printf '\nscale %s: %s intakes, %s MB of extracts, %s MB as ideal CSV\n' "$1" "$rows" $(($4 / 1000000)) $(($3 / 1000000))
    printf '%-22s %9s %9s %11s %12s %12s %9s\n' '' 'wall s' 'CPU s' 'client CPU' 'rows/wall s' 'rows/CPU s' 'peak MiB'
    line 'first night' first
    line 'psql \copy (floor)' floor
    line 'second night' second
    printf 'ratio to the floor: %s of wall time, %s of CPU time\n' \
        "$(calc "$first_wall / $floor_wall")" "$(calc "$first_cpu / $floor_cpu")"
}

line() {
    local wall=$2_wall cpu=$2_cpu client=$2_client peak=$2_peak
    printf '%-22s %9.2f %9.2f %11.2f %12.0f %12.0f %9.0f\n' "$1" "${!wall}" "${!cpu}" "${!client}" \
        "$(calc "$rows / ${!wall}")" "$(calc "$rows / ${!cpu}")" "$(calc "${!peak} / 1024")"
}
