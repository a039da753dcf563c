#!/bin/sh
# The gateway against pgbench's TPC-B on the same Postgres, one after the other, in several rounds; and the gateway with
# batches of one beside them. Prints each round and the medians. Machines are noisy: read the ratios.
#
#   ROUNDS=3 SECONDS_EACH=15 sh loadtest/compare.sh
set -eu
rounds=${ROUNDS:-3}
each=${SECONDS_EACH:-15}
bpnt=${BPNT:-bin/bpnt}
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'kill "$demo" 2>/dev/null; wait; rm -rf "$dir"' EXIT
demo=

bin=${BPNT_POSTGRES_BIN:-$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin | tail -1)}
user=$(id -un)
[ "$user" = root ] && user=postgres

rate() { awk -F'[:,]' '/"rate_per_s"/ { printf "%d", $2; exit }' "$1"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# shop BATCH_MAX starts a demo that stays up when it has shopped, and waits for its figures.
shop() {
	rm -rf "$dir/books"
	mkdir -m 755 "$dir/books"
	"$bpnt" demo --json --stay --data-dir "$dir/books" --duration "${each}s" --batch-max "$1" >"$dir/json" 2>"$dir/log" &
	demo=$!
	until grep -q '^}' "$dir/json"; do
		kill -0 "$demo" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
		sleep 1
	done
}

leave() {
	kill -TERM "$demo"
	wait "$demo" || true
	demo=
}

tpcb() {
	sock="$dir/books/postgres/sock"
	"$bin/createdb" -h "$sock" -U "$user" pgbench
	"$bin/pgbench" -h "$sock" -U "$user" -i -q -s 20 pgbench >/dev/null 2>&1
	"$bin/pgbench" -h "$sock" -U "$user" -M prepared -c 32 -j 2 -T "$each" pgbench 2>/dev/null |
		awk '/^tps/ { printf "%d", $3 }'
}

printf '%-8s %12s %12s %14s\n' round redemptions/s pgbench/s batch-of-one/s
i=1
while [ "$i" -le "$rounds" ]; do
	shop 0
	lanes=$(rate "$dir/json")
	bench=$(tpcb)
	leave
	shop 1
	single=$(rate "$dir/json")
	leave
	printf '%-8s %12s %12s %14s\n' "$i" "$lanes" "$bench" "$single"
	echo "$lanes" >>"$dir/lanes"
	echo "$bench" >>"$dir/bench"
	echo "$single" >>"$dir/single"
	i=$((i + 1))
done
lanes=$(median <"$dir/lanes") bench=$(median <"$dir/bench") single=$(median <"$dir/single")
printf '%-8s %12s %12s %14s\n' median "$lanes" "$bench" "$single"
awk -v l="$lanes" -v b="$bench" -v s="$single" 'BEGIN { printf "ratios: %.1f x pgbench, %.1f x batch-of-one\n", l / b, l / s }'
