package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"octant/internal/store"
)

// claims is what we read of what a provider says about somebody.
type claims struct {
	Email    string `json:"email"`
	Verified said   `json:"email_verified"`
	// Microsoft says it in a word of its own: the address's domain belongs to the
	// organisation that the person belongs to.
	DomainVerified said   `json:"xms_edov"`
	Party          string `json:"azp"`
}

// said is yes or no, which some providers write as text or as a number.
type said bool

// UnmarshalJSON takes what is no clear yes for a no.
func (s *said) UnmarshalJSON(b []byte) error {
	*s = said(slices.Contains([]string{`true`, `"true"`, `1`, `"1"`}, string(b)))
	return nil
}

// vouchedFor exchanges the code that somebody brings for an ID token, and gives
// the address that the provider vouches for.
func (s *Server) vouchedFor(ctx context.Context, k known, p store.Provider, code string, d departure) (email string, err error) {
	ctx = oidc.ClientContext(ctx, s.idp.client)
	config := k.config(p.ClientID, p.Secret, s.origin+providerCallback)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(d.Verifier))
	if err != nil {
		return "", notExchanged(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", returnError{"there is no ID token"}
	}
	id, err := k.Verifier(&oidc.Config{ClientID: p.ClientID, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return "", notVerified(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(d.Nonce)) != 1 {
		return "", returnError{"another nonce than the one it was sent with"}
	}
	c, err := s.claimsOf(ctx, k, id, token, p.ClientID)
	if err != nil {
		return "", err
	}
	domain, ok := domainOf(c.Email)
	switch {
	case c.Email == "":
		return "", returnError{"the provider gives no email address"}
	case !ok:
		return "", returnError{"the provider gives an email address in no usual form"}
	case !bool(c.Verified || c.DomainVerified):
		return "", returnError{"the provider has not verified the email address"}
	case p.ODS != "" && !slices.Contains(p.Domains, domain):
		return "", returnError{"the provider may not speak for the email address's domain"}
	}
	return strings.ToLower(c.Email), nil
}

// claimsOf reads an ID token, and asks the provider for what is not in it.
func (s *Server) claimsOf(ctx context.Context, k known, id *oidc.IDToken, token *oauth2.Token, clientID string) (claims, error) {
	var c claims
	if err := id.Claims(&c); err != nil {
		return c, returnError{"the ID token cannot be read"}
	}
	if len(id.Audience) > 1 && c.Party != clientID {
		return c, returnError{"the ID token was made for somebody else as well"}
	}
	if c.Email != "" || k.UserInfoEndpoint() == "" {
		return c, nil
	}
	info, err := k.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if _, failed := errors.AsType[*url.Error](err); failed {
		return c, unreachable(err)
	}
	if err != nil || info.Subject != id.Subject || info.Claims(&c) != nil {
		return c, returnError{"the provider says nothing about who it is"}
	}
	return c, nil
}

// notExchanged says why a code was not exchanged, with no more of the provider's
// words than the one that its protocol has for it.
func notExchanged(err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return unreachable(err)
	case answer.Response != nil && answer.Response.StatusCode >= http.StatusInternalServerError:
		return providerError{"it failed at the exchange of a code"}
	}
	return returnError{"the provider did not take the code: " + errorWord(answer.ErrorCode)}
}

// notVerified says what an ID token was refused for. The library's own words
// hold what the token says, and so are not repeated.
func notVerified(err error) error {
	says := err.Error()
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return returnError{"the ID token has expired"}
	}
	switch {
	case strings.HasPrefix(says, "failed to verify signature: fetching keys"):
		return providerError{"its keys cannot be fetched"}
	case strings.HasPrefix(says, "failed to verify signature"):
		return returnError{"the ID token's signature is not the provider's"}
	case strings.HasPrefix(says, "oidc: id token issued by a different provider"):
		return returnError{"the ID token was made by another provider"}
	case strings.HasPrefix(says, "oidc: expected audience"):
		return returnError{"the ID token was made for another client"}
	}
	return returnError{"the ID token is not a sound one"}
}

var errorShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// errorWord is a protocol's word for a fault, or that there is none.
func errorWord(code string) string {
	if errorShape.MatchString(code) {
		return code
	}
	return "without a known word"
}

var addressShape = regexp.MustCompile(`^[!-?A-~]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$`)

// domainOf is the domain of an address in small letters, if the address has the
// usual form: visible ASCII and one @. Other alphabets have letters whose small
// form is an English one.
func domainOf(email string) (string, bool) {
	found := addressShape.FindStringSubmatch(email)
	if found == nil || len(email) > 254 {
		return "", false
	}
	return strings.ToLower(found[1]), true
}
