package main

import "testing"

func TestProviderIsAllOrNothing(t *testing.T) {
	t.Parallel()
	secret := "OCTANT_SECRET=0123456789abcdef0123456789abcdef"
	for _, c := range []struct {
		environ []string
		says    string
	}{
		{[]string{"OIDC_ISSUER=https://login.example.org"}, "must be set together"},
		{[]string{"OIDC_CLIENT_ID=octant", "OIDC_CLIENT_SECRET=x"}, "must be set together"},
		{[]string{"OIDC_ISSUER=http://login.example.org", "OIDC_CLIENT_ID=octant", "OIDC_CLIENT_SECRET=x"}, "must begin with https://"},
		{[]string{"OCTANT_BASE_URL=https://octant.example.org", "OIDC_ISSUER=http://127.0.0.1:9", "OIDC_CLIENT_ID=octant", "OIDC_CLIENT_SECRET=x"}, "must begin with https://"},
		{[]string{"OIDC_ISSUER=nonsense", "OIDC_CLIENT_ID=octant", "OIDC_CLIENT_SECRET=x", "OCTANT_ADDR=nonsense"}, "OCTANT_ADDR must be"},
	} {
		command(t, append(c.environ, secret), "serve").wants(t, 1, c.says, "OIDC_ISSUER")
	}
}
