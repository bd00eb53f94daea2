package main

import (
	"errors"
	"fmt"

	"octant/internal/server"
	"octant/internal/store"
)

// readProvider reads the identity provider of trusts that have none of their
// own. Without an issuer there is none.
func (e environment) readProvider(origin string) (store.Provider, error) {
	p := store.Provider{Issuer: e.get("OIDC_ISSUER", ""), ClientID: e.get("OIDC_CLIENT_ID", ""), Secret: e.get("OIDC_CLIENT_SECRET", "")}
	if p.Issuer+p.ClientID+p.Secret == "" {
		return p, nil
	}
	if p.Issuer == "" || p.ClientID == "" || p.Secret == "" {
		return p, errors.New("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set together or not at all")
	}
	issuer, says := server.ReadIssuer(p.Issuer, origin)
	if says != "" {
		return p, fmt.Errorf("OIDC_ISSUER cannot be used: %s", says)
	}
	p.Issuer = issuer
	return p, nil
}
