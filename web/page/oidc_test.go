package page_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"octant/web/nhsuk"
	"octant/web/page"
)

func providerScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	fields := func(fault string) *page.ProviderFields {
		return &page.ProviderFields{
			Issuer:   nhsuk.Field{Name: "issuer", Label: "Issuer", Type: "url", Error: fault},
			ClientID: nhsuk.Field{Name: "client-id", Label: "Client ID", Error: fault},
			Secret:   nhsuk.Field{Name: "client-secret", Label: "Client secret", Type: "password", Error: fault},
			Domains:  nhsuk.Field{Name: "domains", Label: "Email domains", Rows: 4, Error: fault},
		}
	}
	lead := page.ProviderView{Frame: frame(), Path: "/trusts/RXX/sign-in", Callback: "https://octant.example.org/sign-in/oidc/callback"}
	set := with(lead, func(v *page.ProviderView) {
		v.Issuer, v.ClientID, v.Domains = "https://login.example.org/"+strings.Repeat("0123456789abcdef", 10), "octant", []string{"example.org", "example.net"}
	})
	return map[string]templ.Component{
		"provider none":     page.Provider(lead),
		"provider programs": page.Provider(with(lead, func(v *page.ProviderView) { v.Programs = true })),
		"provider":          page.Provider(set),
		"provider to set":   page.Provider(with(lead, func(v *page.ProviderView) { v.Fields = fields("") })),
		"provider to change": page.Provider(with(set, func(v *page.ProviderView) {
			v.Fields, v.Notice = fields(""), "The sign-in of this trust has been saved."
		})),
		"provider wrong": page.Provider(with(set, func(v *page.ProviderView) { v.Fields = fields("Enter it") })),
		"depart":         page.Depart(page.DepartView{Frame: page.Frame{Now: noon}, Href: "https://login.example.org/auth?client_id=octant&state=x"}),
	}
}
