package maturity

import (
	"bytes"
	"encoding/json"
)

// A hidden word is null in JSON, as a hidden number is. The types below give
// the words of a figure that form; reading null back leaves them empty.

// MarshalJSON writes a hidden label as null.
func (l Label) MarshalJSON() ([]byte, error) { return json.Marshal(orNull(string(l))) }

// MarshalJSON writes a hidden share as null.
func (s Share) MarshalJSON() ([]byte, error) { return json.Marshal(orNull(string(s))) }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// figureJSON is [Figure] as it is written.
type figureJSON struct {
	Score  *float64 `json:"score"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Level  *string  `json:"level"`
	OnEdge bool     `json:"onEdge,omitempty"`
	Hidden Reason   `json:"hidden,omitempty"`
}

func (f Figure) json() figureJSON {
	return figureJSON{f.Score, f.Low, f.High, orNull(f.Level), f.OnEdge, f.Hidden}
}

// MarshalJSON writes a hidden level as null.
func (f Figure) MarshalJSON() ([]byte, error) { return json.Marshal(f.json()) }

// MarshalJSON writes an element with its figure beside its other values.
func (e Element) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key string `json:"key"`
		figureJSON
		Respondents *int     `json:"n"`
		DontKnow    *float64 `json:"dontKnow"`
		Claimed     *int     `json:"claimed"`
		Shown       *int     `json:"shown,omitempty"`
		Items       []Item   `json:"items"`
	}{e.Key, e.json(), e.Respondents, e.DontKnow, e.Claimed, e.Shown, e.Items})
}

// MarshalJSON writes a cut with its figure beside its other values.
func (c Cut) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key string `json:"key"`
		figureJSON
		DontKnow *float64 `json:"dontKnow"`
		Items    []string `json:"items"`
	}{c.Key, c.json(), c.DontKnow, c.Items})
}

// partly is the reason a document gives for a question of which some values are
// shown and others are not; HiddenValues has the reason of each.
const partly Reason = "some values are told in another way"

// itemJSON is [Item] as it is written.
type itemJSON Item

// MarshalJSON writes a question. One that hides anything at all says so in
// "hidden", so that no null stands without a reason.
func (it Item) MarshalJSON() ([]byte, error) {
	if it.Hidden == "" && len(it.HiddenValues) > 0 {
		it.Hidden = partly
	}
	return json.Marshal(itemJSON(it))
}

// UnmarshalJSON reads what MarshalJSON wrote and refuses anything else.
func (it *Item) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode((*itemJSON)(it)); err != nil {
		return err
	}
	if it.Hidden == partly {
		it.Hidden = ""
	}
	return nil
}
