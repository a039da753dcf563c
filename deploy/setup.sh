#!/bin/sh
# Sees that Postgres' programs are on this machine, and installs them where a package manager is known.
# It says what it does before it does it, and asks sudo only where it must, in the open.
set -eu

found() {
	[ -n "${BPNT_POSTGRES_BIN:-}" ] && return 0
	command -v initdb >/dev/null 2>&1 && return 0
	for bin in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
		[ -x "$bin/initdb" ] && return 0
	done
	return 1
}

install_with_apt() {
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	echo "Postgres is not on this machine. Installing it: $sudo apt-get update && $sudo apt-get install -y postgresql"
	$sudo apt-get update -q
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q postgresql
}

found && exit 0
if command -v apt-get >/dev/null 2>&1; then
	install_with_apt
	exit 0
fi
if command -v brew >/dev/null 2>&1; then
	echo "Postgres is not on this machine. Install it and call make again: brew install postgresql@15" >&2
	exit 1
fi
echo "Postgres is not on this machine. Install version 14 or newer, or name its programs' folder in BPNT_POSTGRES_BIN." >&2
exit 1
