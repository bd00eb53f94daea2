# What each target does is in `make help`. Targets may be run again at any time:
# they do only what is still to do. The steps that are more than a line are in
# .ci/, so that this works with the make 3.81 of macOS too.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
PACKAGES := web/node_modules/.package-lock.json
LINT := go tool -modfile=.tools/go.mod golangci-lint
FORMAT := go tool -modfile=.tools/go.mod gofumpt
WITHPG := go run ./internal/store/storetest/withpg
GO_CODE := cmd internal migrations web/*.go web/chart web/e2e web/nhsuk web/page
TEMPLATES := web/nhsuk web/chart web/page internal/server/bench

.PHONY: help needs run test check build bench fuzz vulncheck assets browser postgres generate fmt formatted lint vet unit smoke clean

help: ## list the targets
	@echo 'Octant: make TARGET'
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{ printf "  %-10s %s\n", $$1, $$2 }'

run: build postgres ## set up, build and serve a demonstration
	@exec bin/octant serve --demo

test: assets browser postgres vet unit fuzz ## set up and run every test, browser tests included

check: ## everything that continuous integration asks, with the time of each step
	@.ci/check

build: assets ## build bin/octant
	@echo '==> build bin/octant'
	@go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/octant ./cmd/octant

bench: build postgres browser ## measure against a bare program on the same machine
	@echo '==> benchmarks'
	@go run ./internal/server/bench -octant bin/octant

assets: needs $(PACKAGES) ## build the style sheets and scripts in web/static
	@go run ./cmd/assets

generate: ## write the Go code of the templ files
	@for room in $(TEMPLATES); do go tool templ generate -path $$room -log-level warn || exit 1; done

fmt: ## format the code
	@$(FORMAT) -w $(GO_CODE)
	@for room in $(TEMPLATES); do go tool templ fmt -log-level warn $$room || exit 1; done
	@$(MAKE) --no-print-directory generate

lint: assets ## read the code for faults; .golangci.yml says which and why
	@$(LINT) run ./...

vulncheck: ## look for known vulnerabilities, where their database can be reached
	@.ci/vulncheck

clean: ## remove what was built and installed here; data stay
	rm -rf bin .tmp web/static web/node_modules web/postgres/node_modules

# Parts of the targets above.

needs:
	@.ci/needs

# The lock file alone decides when npm runs again.
$(PACKAGES): web/package-lock.json web/.npmrc
	@echo '==> npm packages of web'
	@cd web && npm ci --loglevel=error
	@touch $@

browser:
	@.ci/setup-browser

postgres:
	@.ci/setup-postgres

formatted:
	@bad=$$($(FORMAT) -l $(GO_CODE)) && [ -z "$$bad" ] || { echo "Not formatted (make fmt): $$bad" >&2; exit 1; }
	@for room in $(TEMPLATES); do go tool templ fmt -fail -log-level warn $$room || { echo 'Templates are not formatted (make fmt).' >&2; exit 1; }; done

vet:
	@go vet ./...

# The browser tests come after the others, so that pages are not kept waiting.
unit:
	@$(WITHPG) go test -race -shuffle=on -timeout 60m $$(go list ./... | grep -v /web/e2e$$)
	@$(WITHPG) go test -race -shuffle=on -timeout 60m ./web/e2e

# A few seconds of each fuzzer; what one finds is kept under its testdata.
fuzz:
	@.ci/fuzz 10000

smoke:
	@.ci/smoke
