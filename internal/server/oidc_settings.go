package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// Who sets up a provider decides who may call themselves by which address, in
// every trust where that address has a role. So it is for platform
// administrators; a trust's lead may read how it stands.

// What the page says has just been done.
var providerNotices = map[string]string{
	"saved":   "The sign-in of this trust has been saved. Nobody has to do anything until they sign in next time.",
	"removed": "The sign-in of this trust has been removed.",
}

// showProvider shows how a trust's people sign in.
func (s *Server) showProvider(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	ods := chi.URLParam(r, "ods")
	admin, err := s.mayChange(r, person)
	if err == nil {
		name, p, err := s.db.TrustProvider(r.Context(), admin, ods)
		if err != nil {
			return err
		}
		v := s.providerView(r, ods, name, p)
		v.Fields = providerFields(p)
		return s.render(w, r, http.StatusOK, page.Provider(v))
	}
	t := visitOf(r).t
	if !errors.Is(err, access.ErrDenied) || t == nil {
		return err
	}
	p, err := t.Provider(r.Context())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Provider(s.providerView(r, ods, t.Name, p)))
}

// mayChange is who changes a trust's provider: an administrator who did not come
// by a personal link. Whoever else belongs to the trust may not, and has entered
// it; to others there is no such trust.
func (s *Server) mayChange(r *http.Request, person uuid.UUID) (access.Person, error) {
	_, narrow := s.narrow(r)
	if !narrow {
		admin, err := s.db.Admin(r.Context(), person)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return admin, err
		}
	}
	t, err := s.db.Enter(r.Context(), person, chi.URLParam(r, "ods"))
	if err != nil {
		return access.Person{}, err
	}
	if narrow {
		t = t.AnswersOnly()
	}
	visitOf(r).t = t
	return access.Person{}, access.ErrDenied
}

func (s *Server) providerView(r *http.Request, ods, name string, p store.Provider) page.ProviderView {
	f := s.frame(r)
	f.ODS, f.Trust = ods, name
	return page.ProviderView{
		Frame: f, Path: "/trusts/" + ods + "/sign-in", Callback: s.origin + providerCallback,
		Issuer: p.Issuer, ClientID: p.ClientID, Domains: p.Domains,
		Programs: s.provider.Issuer != "", Notice: providerNotices[r.URL.Query().Get("done")],
	}
}

// providerFields is the form as it stands for a provider.
func providerFields(p store.Provider) *page.ProviderFields {
	f := &page.ProviderFields{
		Issuer: nhsuk.Field{
			Name: "issuer", Label: "Issuer", Hint: "The address by which the provider names itself, such as https://login.example.nhs.uk",
			Type: "url", Value: p.Issuer, Verbatim: true,
		},
		ClientID: nhsuk.Field{Name: "client-id", Label: "Client ID", Hint: "The provider’s name for Octant", Value: p.ClientID, Verbatim: true, Autocomplete: "off"},
		Secret: nhsuk.Field{
			Name: "client-secret", Label: "Client secret", Hint: "It is kept sealed and is never shown again.",
			Type: "password", Verbatim: true, Autocomplete: "off",
		},
		Domains: nhsuk.Field{
			Name: "domains", Label: "Email domains", Hint: "One on each line, such as example.nhs.uk. Only people with an address at one of these can sign in this way.",
			Value: strings.Join(p.Domains, "\n"), Rows: 4, Verbatim: true,
		},
	}
	if p.Issuer != "" {
		f.Secret.Hint = "Leave this empty to keep the secret that is set. It is never shown."
	}
	return f
}

// Bounds of what a provider is made of.
const (
	mostClient  = 250
	mostSecret  = 500
	mostDomains = 20
)

// readProvider reads the form and says what is wrong with each field.
func (s *Server) readProvider(f form, was store.Provider) (store.Provider, *page.ProviderFields) {
	p := store.Provider{ODS: was.ODS, ClientID: strings.TrimSpace(f.get("client-id")), Secret: strings.TrimSpace(f.get("client-secret"))}
	fields := providerFields(was)
	fields.Issuer.Value, fields.ClientID.Value, fields.Domains.Value = f.get("issuer"), p.ClientID, f.get("domains")
	p.Issuer, fields.Issuer.Error = s.idp.readIssuer(f.get("issuer"))
	p.Domains, fields.Domains.Error = readDomains(f.get("domains"))
	switch {
	case p.ClientID == "":
		fields.ClientID.Error = "Enter the client ID"
	case utf8.RuneCountInString(p.ClientID) > mostClient:
		fields.ClientID.Error = "Client ID must be " + strconv.Itoa(mostClient) + " characters or fewer"
	}
	if utf8.RuneCountInString(p.Secret) > mostSecret {
		fields.Secret.Error = "Client secret must be " + strconv.Itoa(mostSecret) + " characters or fewer"
	}
	for _, field := range []*nhsuk.Field{&fields.Issuer, &fields.ClientID, &fields.Secret, &fields.Domains} {
		field.Error = cmp.Or(f.fault(field.Name), field.Error)
	}
	if err := f.sound(); err != nil {
		fields.Issuer.Error = cmp.Or(fields.Issuer.Error, "Part of the form could not be read. Check it and send it again")
	}
	return p, fields
}

var domainShape = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)

// readDomains reads domains that stand on lines or between commas, with or
// without the @ before them.
func readDomains(typed string) (domains []string, says string) {
	for _, word := range strings.FieldsFunc(typed, func(c rune) bool { return strings.ContainsRune(" \t\n,;", c) }) {
		domain := strings.TrimPrefix(strings.ToLower(word), "@")
		if len(domain) > 253 || !domainShape.MatchString(domain) || !ascii(word) {
			return nil, "Enter each domain in the right form, such as example.nhs.uk"
		}
		domains = append(domains, domain)
	}
	slices.Sort(domains)
	domains = slices.Compact(domains)
	switch {
	case len(domains) == 0:
		return nil, "Enter at least one email domain"
	case len(domains) > mostDomains:
		return nil, "Enter " + strconv.Itoa(mostDomains) + " email domains or fewer"
	}
	return domains, ""
}

// ascii says that a text has English letters alone.
func ascii(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf })
}

// setProvider keeps a trust's provider, once it has answered for itself.
func (s *Server) setProvider(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	admin, err := s.mayChange(r, person)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	name, was, err := s.db.TrustProvider(r.Context(), admin, chi.URLParam(r, "ods"))
	if err != nil {
		return err
	}
	p, fields := s.readProvider(f, was)
	if fields.Sound() {
		if err := s.keepProvider(r.Context(), admin, p, fields); err != nil {
			return err
		}
	}
	v := s.providerView(r, was.ODS, name, was)
	if fields.Sound() {
		return see(w, r, v.Path+"?done=saved")
	}
	v.Fields = fields
	return s.render(w, r, http.StatusUnprocessableEntity, page.Provider(v))
}

// keepProvider keeps a provider that answers, or says at its field why not.
func (s *Server) keepProvider(ctx context.Context, admin access.Person, p store.Provider, fields *page.ProviderFields) error {
	if _, err := s.idp.look(ctx, p.Issuer); err != nil {
		var down providerError
		if !errors.As(err, &down) {
			return err
		}
		fields.Issuer.Error = "There is no provider at this address that we can reach. Check the address, and that it can be reached from the internet"
		if down.reason == otherIssuer {
			fields.Issuer.Error = "The provider at this address calls itself by another issuer. Copy the issuer exactly as the provider shows it"
		}
		return nil
	}
	err := s.db.SetProvider(ctx, admin, p, s.now())
	if taken, ok := errors.AsType[*store.DomainTakenError](err); ok {
		fields.Domains.Error = taken.Domain + " belongs to the sign-in of the trust " + taken.ODS + ". A domain can have one provider"
		return nil
	}
	if errors.Is(err, store.ErrSecretNeeded) {
		fields.Secret.Error = "Enter the client secret"
		return nil
	}
	return err
}

// endProvider takes a trust's provider away.
func (s *Server) endProvider(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	admin, err := s.mayChange(r, person)
	if err != nil {
		return err
	}
	ods := chi.URLParam(r, "ods")
	if _, _, err := s.db.TrustProvider(r.Context(), admin, ods); err != nil {
		return err
	}
	if err := s.db.EndProvider(r.Context(), admin, ods, s.now()); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return see(w, r, "/trusts/"+ods+"/sign-in?done=removed")
}
