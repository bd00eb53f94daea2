module octant

go 1.26.0

require (
	github.com/PuerkitoBio/goquery v1.13.0 // tests find things on pages by selector
	github.com/a-h/templ v0.3.977 // pages, checked when compiled
	github.com/alecthomas/kong v1.17.0 // commands and their help
	github.com/alexedwards/scs/v2 v2.9.0 // sessions: renewal, hashing of tokens, cookie rules
	github.com/andybalholm/brotli v1.2.8 // compresses assets when they are built
	github.com/boombuler/barcode v1.1.0 // the QR code that leads a phone into a workshop; needs no other module
	github.com/compose-spec/compose-go/v2 v2.16.2 // a test reads docker-compose.yml as its engine would
	github.com/coreos/go-oidc/v3 v3.21.0 // discovery of identity providers, their keys and ID tokens
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // the name and password that the mail server of the tests asks for
	github.com/emersion/go-smtp v0.25.1 // the mail server that tests send to
	github.com/evanw/esbuild v0.28.2 // bundles and shrinks scripts when assets are built
	github.com/go-chi/chi/v5 v5.5.0 // routes
	github.com/goccy/go-yaml v1.19.2 // reads the questionnaire strictly, with line numbers
	github.com/golang-migrate/migrate/v4 v4.20.1 // moves the schema
	github.com/google/uuid v1.6.0 // UUIDv7 ids
	github.com/jackc/pgx/v5 v5.12.0 // Postgres
	github.com/jackc/puddle/v2 v2.2.3 // the name of its error for a closed pool
	github.com/klauspost/compress v1.20.3 // gzip at a third of the standard library's cost
	github.com/prometheus/client_golang v1.25.0 // /metrics
	github.com/riverqueue/river v0.51.0 // jobs that begin in the transaction that causes them: letters, clocks, erasure
	github.com/riverqueue/river/riverdriver/riverpgxv5 v0.51.0 // runs those jobs on pgx
	github.com/riverqueue/river/rivertype v0.51.0 // the names of a job's states
	github.com/wneessen/go-mail v0.8.1 // composes letters, and sends them by SMTP with STARTTLS and authentication
	golang.org/x/net v0.62.0 // parses HTML where components are held against the design system's examples
	golang.org/x/oauth2 v0.37.0 // exchanges an identity provider's code, with PKCE
	golang.org/x/sync v0.24.0 // runs the two listeners as one
	golang.org/x/text v0.43.0 // reads lists of people in the letters that spreadsheets write
	gonum.org/v1/gonum v0.17.0 // Student's t, and a second opinion on statistics in tests
	pgregory.net/rapid v1.3.0 // property tests that shrink what they find
)

require (
	github.com/a-h/parse v0.0.0-20250122154542-74294addb73e // indirect
	github.com/andybalholm/cascadia v1.3.4 // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/cli/browser v1.3.0 // indirect
	github.com/distribution/reference v0.6.0 // indirect
	github.com/docker/go-connections v0.7.0 // indirect
	github.com/docker/go-units v0.5.0 // indirect
	github.com/fatih/color v1.16.0 // indirect
	github.com/fsnotify/fsnotify v1.7.0 // indirect
	github.com/go-jose/go-jose/v4 v4.1.4 // indirect
	github.com/go-viper/mapstructure/v2 v2.4.0 // indirect
	github.com/jackc/pgerrcode v0.0.0-20240316143900-6e2875d9b438 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/mattn/go-colorable v0.1.13 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/mattn/go-shellwords v1.0.12 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/natefinch/atomic v1.0.1 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/riverqueue/river/riverdriver v0.51.0 // indirect
	github.com/riverqueue/river/rivershared v0.51.0 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.1 // indirect
	github.com/sirupsen/logrus v1.10.1 // indirect
	github.com/tidwall/gjson v1.20.0 // indirect
	github.com/tidwall/match v1.2.0 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	github.com/xhit/go-str2duration/v2 v2.1.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0-rc.4 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

tool github.com/a-h/templ/cmd/templ
