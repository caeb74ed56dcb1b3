#!/bin/sh
# Makes sure that PostgreSQL's programs (15 or later) are on the machine; installs them on Debian and Ubuntu as root,
# without creating a system cluster. Otherwise says in one sentence what to install.
set -eu

# True when a directory holds all three programs that buss starts, new enough.
found() {
    for dir in /usr/lib/postgresql/*/bin $(echo "$PATH" | tr ':' ' '); do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ] || continue
        major=$("$dir/postgres" --version 2>/dev/null | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        [ "${major:-0}" -ge 15 ] && return 0
    done
    return 1
}

install() {
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
}

found && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    # What apt-get says of a failure stands above the sentence below.
    install && found && exit 0
fi

echo "Install PostgreSQL 15 or later (Debian and Ubuntu: 'sudo apt-get install postgresql'; no cluster or service is needed), then run this again." >&2
exit 1
