package server

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSessionComesBackAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]any{}
		for name, v := range rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "values") {
			values[name] = v
		}
		deadline := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "deadline")).UTC()
		raw, err := SessionCodec{}.Encode(deadline, values)
		if err != nil {
			t.Fatal(err)
		}
		until, back, err := SessionCodec{}.Decode(raw)
		if err != nil || !until.Equal(deadline) || !maps.Equal(back, values) {
			t.Fatalf("%v %v %v", until, back, err)
		}
	})
}

func TestSessionHoldsTextAlone(t *testing.T) {
	t.Parallel()
	if _, err := (SessionCodec{}).Encode(time.Now(), map[string]any{"n": 7}); err == nil {
		t.Error("a number was kept")
	}
}

// TestSessionThatCannotBeReadIsEmpty: its owner signs in again.
func TestSessionThatCannotBeReadIsEmpty(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\x0c\xff\x81", `{"values": 7}`, `[]`} {
		if _, values, err := (SessionCodec{}).Decode([]byte(raw)); err != nil || len(values) != 0 {
			t.Errorf("%q: %v, %v", raw, values, err)
		}
	}
}
