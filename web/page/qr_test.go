package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// TestQRDrawing: the path has every dark module of the code and no other.
func TestQRDrawing(t *testing.T) {
	t.Parallel()
	const address = "https://octant.example.org/join/ABC234"
	d, err := drawQR(address)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	side := code.Bounds().Dx()
	if d.Size != side+8 {
		t.Fatalf("the drawing is %d wide, the code %d", d.Size, side)
	}
	drawn := make([]bool, side*side)
	for run := range strings.SplitSeq(strings.TrimSuffix(d.Path, "z"), "z") {
		x, y, long := parseRun(t, run)
		for i := range long {
			at := (y-quietZone)*side + x - quietZone + i
			if drawn[at] {
				t.Fatalf("module %d is drawn twice", at)
			}
			drawn[at] = true
		}
	}
	for y := range side {
		for x := range side {
			r, _, _, _ := code.At(x, y).RGBA()
			if (r == 0) != drawn[y*side+x] {
				t.Fatalf("module %d, %d: dark is %t, drawn %t", x, y, r == 0, drawn[y*side+x])
			}
		}
	}
}

func parseRun(t *testing.T, run string) (x, y, long int) {
	t.Helper()
	var back int
	if _, err := fmt.Sscanf(run, "M%d %dh%dv1H%d", &x, &y, &long, &back); err != nil || back != x {
		t.Fatalf("run %q: %v", run, err)
	}
	return x, y, long
}
