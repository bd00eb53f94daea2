package access_test

import (
	"testing"
	"time"

	"octant/internal/access"
)

func TestSessionLimits(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		way        access.Way
		roles      access.Roles
		admin      bool
		idle, most time.Duration
	}{
		"member":                         {access.ByCode, access.Roles{access.Member}, false, day, 7 * day},
		"observer":                       {access.ByOIDC, access.Roles{access.Observer}, false, day, 7 * day},
		"nobody anywhere":                {access.ByCode, nil, false, day, 7 * day},
		"chair who is a member":          {access.ByCode, access.Roles{access.Member, access.Chair}, false, 4 * time.Hour, 12 * time.Hour},
		"facilitator":                    {access.ByCode, access.Roles{access.Facilitator}, false, 4 * time.Hour, 12 * time.Hour},
		"lead":                           {access.ByOIDC, access.Roles{access.Lead}, false, 30 * time.Minute, 8 * time.Hour},
		"member in one, lead in another": {access.ByCode, access.Roles{access.Lead, access.Member}, false, 30 * time.Minute, 8 * time.Hour},
		"administrator":                  {access.ByCode, nil, true, 30 * time.Minute, 8 * time.Hour},
		"lead by personal link":          {access.ByLink, access.Roles{access.Lead, access.Member}, false, day, 7 * day},
		"administrator by letter":        {access.ByLetter, nil, true, day, 7 * day},
	} {
		if got := access.SessionLimits(c.way, c.roles, c.admin); got.Idle != c.idle || got.Most != c.most {
			t.Errorf("%s: %v, want %v and %v", name, got, c.idle, c.most)
		}
	}
	for _, r := range access.Granted() {
		if l := access.SessionLimits(access.ByCode, access.Roles{r}, false); l.Idle <= 0 || l.Most <= l.Idle {
			t.Errorf("%s: %v", r, l)
		}
	}
}
