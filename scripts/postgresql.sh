#!/bin/sh
# Makes sure that PostgreSQL's programs (15 or later) are on the machine; installs them on Debian and Ubuntu as root,
# without creating a system cluster. Otherwise says in one sentence what to install.
set -eu

for initdb in /usr/lib/postgresql/*/bin/initdb $(command -v initdb || true); do
    [ -x "$initdb" ] || continue
    major=$("$initdb" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
    [ "$major" -ge 15 ] && exit 0
done

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
    exit 0
fi

echo "Install PostgreSQL 15 or later (Debian and Ubuntu: 'sudo apt-get install postgresql'; no cluster or service is needed), then run this again." >&2
exit 1
