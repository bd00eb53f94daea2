package page

import "octant/web/nhsuk"

// ProviderView is how a trust's people sign in by an identity provider.
type ProviderView struct {
	Frame
	Path     string // address of this page
	Callback string // where the provider sends people back to
	Issuer   string // "" for no provider of the trust's own
	ClientID string
	Domains  []string
	Programs bool // trusts without their own use one that the operator set up
	Notice   string
	Fields   *ProviderFields // the form; nil for who may only read
}

// ProviderFields is the form that sets up a provider.
type ProviderFields struct {
	Issuer, ClientID, Secret, Domains nhsuk.Field
}

// Sound says that nothing is wrong with any field.
func (f *ProviderFields) Sound() bool {
	return f.Issuer.Error == "" && f.ClientID.Error == "" && f.Secret.Error == "" && f.Domains.Error == ""
}

// DepartView sends somebody on to their trust's sign-in.
type DepartView struct {
	Frame
	Href string
}
