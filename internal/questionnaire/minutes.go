package questionnaire

import (
	"fmt"
	"math"
)

// Minutes is how long so many questions take, as "10 to 12": from 25 to 30
// seconds each.
func Minutes(questions int) string {
	low := int(math.Round(float64(questions) * 25 / 60))
	high := int(math.Round(float64(questions) * 30 / 60))
	return span(low, high)
}

func span(low, high int) string { return fmt.Sprintf("%d to %d", low, high) }
