# make demo     the whole thing on a private Postgres: see README.md
# make observe  the same with a Prometheus beside it, until Ctrl-C: docs/operations.md, Seeing
# make test     every test, the long ones in their short form; sets up what it needs
# make long     the same in full: 10,000 rounds of a race, a whole month of 253 terminals
# make check    vet, staticcheck, gofumpt, go.mod
# make race     the concurrent packages under the race detector; the long tests in their short form
# make chaos    SEEDS campaigns (default 20) of CHAOS each (3m): everything is killed, frozen, filled, cut off; also in bin/chaos.json
# make mutants  puts a hundred bugs in, one after the other, and shows which test catches each (ten minutes)
# make canary   known cards, PINs and keys through everything, and every byte left behind read for them (6 minutes)
# make bench    pgbench, simpler gateways, the ledger alone and this one side by side; also in bin/baselines.html
# make fuzz     each fuzz target for FUZZTIME (default 30s)

FUZZTIME  ?= 30s
SEEDS     ?= 20
CHAOS     ?= 3m
DURATION  ?= 20s
STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     = go run mvdan.cc/gofumpt@v0.12.0

.PHONY: demo observe test long check race chaos mutants canary bench fuzz build setup

build:
	go build -o bin/bpnt ./cmd/bpnt

setup:
	@sh deploy/setup.sh

demo: setup build
	bin/bpnt demo --duration $(DURATION)

observe: setup build
	bin/bpnt demo --stay --observe --duration $(DURATION)

test: setup
	go test -short -timeout 20m ./...

long: setup
	go test -timeout 30m ./...

check:
	go vet ./...
	$(STATICCHECK) ./...
	@files=$$($(GOFUMPT) -l .) || exit 1; test -z "$$files" || { echo "gofumpt would change:"; echo "$$files"; exit 1; }
	go mod tidy -diff

race: setup
	go test -race -short -timeout 20m ./gateway/... ./loadtest/... ./iso/...

chaos: setup build
	bin/bpnt loadtest chaos --seeds $(SEEDS) --duration $(CHAOS) --report bin/chaos.json

mutants: setup
	go test -tags mutants ./loadtest/mutants -run TestMutants$$ -v -timeout 60m

canary: setup
	@mkdir -p bin
	go test -count=1 -v -run 'TestCanary$$' ./cmd/bpnt
	go test -short -count=1 -v ./... > bin/tests.txt 2>&1
	BPNT_TEST_OUTPUT=$(CURDIR)/bin/tests.txt go test -count=1 -v -tags canary -run 'TestCanaryOutput$$' ./cmd/bpnt

bench: setup build
	bin/bpnt loadtest baselines --report bin/baselines.html

fuzz:
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
	  done; \
	done
