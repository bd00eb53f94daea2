package questionnaire

import (
	"fmt"
	"math"
)

// Minutes is how long a form takes, as "10 to 12": from 25 to 30 seconds a
// question, and with the page that looks back 8 to 12 more for each of its rows.
func (v *Version) Minutes(f Form, back bool) string {
	questions, rows := len(v.Questions(f)), 0
	if back {
		rows = len(v.back)
	}
	low := math.Round(float64(questions*25+rows*8) / 60)
	high := math.Round(float64(questions*30+rows*12) / 60)
	return fmt.Sprintf("%.0f to %.0f", low, high)
}
