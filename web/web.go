// Package web holds what a browser is sent besides pages: the style sheet, the
// scripts and the icons that `make assets` lays in static/.
//
// It is not where pages are made (web/page) nor where requests are routed
// (internal/server), and it never writes a file.
//
// Its one rule: an asset's address changes whenever its bytes do. So every
// asset may be kept by a browser for ever, and no page names one but through
// Path.
package web

import (
	"embed"
	"encoding/json"
	"sync"
)

// The embedded folder is made by `make assets` and is not committed. Where it
// is missing the compiler names the first pattern in alphabetical order, so
// the stamp, whose name says what to run, is written as a pattern that sorts
// before the folder.
//
//go:embed [s]tatic/run-make-assets.stamp
//go:embed static
var static embed.FS

// Prefix is the path under which Files answers.
const Prefix = "/static/"

// ScriptHash allows the one inline script a page has. It is the design
// system's own line, and marks the body as able to run the modules.
const ScriptHash = "sha256-tDOvXJi1PXbg0CWjLCCYSNHRXtps26K4JXkE3M6u/c0="

// CSP is the content security policy of every page: nothing from elsewhere,
// nothing inline but the line of ScriptHash.
const CSP = "default-src 'none'; script-src 'self' '" + ScriptHash + "'; style-src 'self'; img-src 'self'; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Path gives the address of an asset by its plain name, such as "octant.css".
// A name that is not an asset leads to an address that answers 404, which the
// browser tests notice on any page.
func Path(name string) string {
	if hashed, ok := manifest()[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// manifest maps plain names to hashed ones. It is read once: the embedded
// files cannot change while the program runs.
var manifest = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	text, err := static.ReadFile("static/manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &names)
	}
	if err != nil {
		panic("web: static/manifest.json is not what `make assets` writes: " + err.Error())
	}
	return names
})
