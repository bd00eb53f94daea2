package page

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the white around a QR code without which readers do not find it,
// in modules.
const quietZone = 4

// qrDrawing is a QR code as one SVG path, in modules.
type qrDrawing struct {
	Size int    // of each side, the white around it included
	Path string // every dark module, in runs along the lines
}

// box is the drawing's viewBox.
func (d qrDrawing) box() string { return fmt.Sprintf("0 0 %d %d", d.Size, d.Size) }

// drawQR draws a QR code that leads to an address. It is readable with a seventh
// of it hidden, which is what a far seat and a lamp on the screen take away.
func drawQR(address string) (qrDrawing, error) {
	code, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return qrDrawing{}, fmt.Errorf("page: QR code: %w", err)
	}
	side := code.Bounds().Dx()
	dark := func(x, y int) bool {
		if x >= side {
			return false
		}
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for dark(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1H%dz", from+quietZone, y+quietZone, x-from, from+quietZone)
			}
		}
	}
	return qrDrawing{side + 2*quietZone, path.String()}, nil
}
