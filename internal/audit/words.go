package audit

import (
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// Kind gathers deeds of one sort, for somebody who looks for one.
type Kind string

// The kinds, in the order pages name them.
const (
	Rounds    Kind = "rounds"
	Asking    Kind = "asking"
	People    Kind = "people"
	Reports   Kind = "reports"
	SigningIn Kind = "signing-in"
	Workshops Kind = "workshops"
	Clearing  Kind = "clearing"
	Sharing   Kind = "sharing"
	Trusts    Kind = "trusts"
)

// Kinds lists the kinds.
func Kinds() []Kind {
	return []Kind{Rounds, Asking, People, Reports, Workshops, SigningIn, Clearing, Sharing, Trusts}
}

// PlatformKinds lists the kinds that there are of what was done for no single
// trust.
func PlatformKinds() []Kind { return []Kind{Trusts, People, Sharing, Reports, Clearing} }

var kindWords = map[Kind]string{
	Rounds:    "Rounds made, opened and closed",
	Asking:    "Who was asked, letters and paper",
	People:    "People and their roles",
	Reports:   "Reports, comments and downloads",
	SigningIn: "The trust’s own sign-in",
	Workshops: "Workshops",
	Clearing:  "What was erased after its time",
	Sharing:   "Sharing with other trusts, and benchmarks",
	Trusts:    "The trust’s details, administrators",
}

// String is the kind in words.
func (k Kind) String() string { return kindWords[k] }

// Deeds lists the deeds of a kind.
func (k Kind) Deeds() []Deed {
	var deeds []Deed
	for d, told := range telling {
		if told.kind == k {
			deeds = append(deeds, d)
		}
	}
	return deeds
}

// telling is each deed's kind and what follows the name of who did it. PERSON
// stands for whom it was done to, ROUND for the round.
var telling = map[Deed]struct {
	kind   Kind
	says   string
	titled bool // the detail is the round's title at that time
}{
	RoundMade:      {kind: Rounds, says: "made the round ROUND", titled: true},
	RoundChanged:   {kind: Rounds, says: "changed the plan of the round ROUND", titled: true},
	RoundOpened:    {kind: Rounds, says: "opened the round ROUND", titled: true},
	RoundClosed:    {kind: Rounds, says: "closed the round ROUND", titled: true},
	RoundTimed:     {kind: Rounds, says: "set the round ROUND to open by itself"},
	RoundUntimed:   {kind: Rounds, says: "set the round ROUND not to open by itself"},
	RoundNotOpened: {kind: Rounds, says: "could not open the round ROUND"},
	ClosingMoved:   {kind: Rounds, says: "put off the closing day of the round ROUND"},
	RoundExtended:  {kind: Asking, says: "gave PERSON more time in the round ROUND"},
	ExtensionEnded: {kind: Asking, says: "took back the extra time of PERSON in the round ROUND"},
	MarkedAway:     {kind: Asking, says: "marked PERSON as away in the round ROUND"},
	MarkedBack:     {kind: Asking, says: "marked PERSON as back in the round ROUND"},
	Invited:        {kind: Asking, says: "put PERSON on the list of the round ROUND", titled: true},
	LeftOut:        {kind: Asking, says: "took PERSON off the list of the round ROUND", titled: true},
	LinkRevoked:    {kind: Asking, says: "revoked the personal link of PERSON to the round ROUND"},
	LinkMade:       {kind: Asking, says: "made a new personal link for PERSON to the round ROUND"},
	LetterAgain:    {kind: Asking, says: "sent PERSON a letter again about the round ROUND"},
	LetterPrinted:  {kind: Asking, says: "printed a code letter for PERSON to the round ROUND"},
	ToPaper:        {kind: Asking, says: "marked PERSON as answering on paper in the round ROUND"},
	FromPaper:      {kind: Asking, says: "marked PERSON as answering online again in the round ROUND"},
	PaperPrinted:   {kind: Asking, says: "printed paper sheets for the round ROUND"},
	PaperKeyed:     {kind: Asking, says: "keyed in a paper sheet of the round ROUND"},
	PersonAdded:    {kind: People, says: "added PERSON"},
	PersonChanged:  {kind: People, says: "changed the details of PERSON"},
	RoleGranted:    {kind: People, says: "granted a role to PERSON"},
	RoleEnded:      {kind: People, says: "ended a role of PERSON"},
	ReportExported: {kind: Reports, says: "exported the report of the round ROUND"},
	CommentsRead:   {kind: Reports, says: "read the comments of the round ROUND"},
	CommentHidden:  {kind: Reports, says: "hid a comment of the round ROUND"},
	CommentShown:   {kind: Reports, says: "showed a hidden comment of the round ROUND again"},
	AuditExported:  {kind: Reports, says: "exported this record"},
	DataTaken:      {kind: Reports, says: "downloaded what is held about them"},
	Disclosed:      {kind: Reports, says: "opened the disclosure view of the round ROUND"},
	NoteAdded:      {kind: Reports, says: "put a note on the time line"},
	NoteChanged:    {kind: Reports, says: "changed a note on the time line"},
	NoteRemoved:    {kind: Reports, says: "took a note off the time line"},
	ProviderSet:    {kind: SigningIn, says: "set up the trust’s own sign-in"},
	ProviderEnded:  {kind: SigningIn, says: "removed the trust’s own sign-in"},
	Unlinked:       {kind: Clearing, says: "cut the answers of the round ROUND loose from people"},
	CommentsErased: {kind: Clearing, says: "erased the comments of the round ROUND after their time"},
	WorkshopMade:   {kind: Workshops, says: "prepared a workshop"},
	WorkshopBegun:  {kind: Workshops, says: "began a workshop"},
	WorkshopEnded:  {kind: Workshops, says: "ended a workshop"},
	WorkshopGone:   {kind: Workshops, says: "deleted a workshop that was not held"},
	DeviceRemoved:  {kind: Workshops, says: "took a device out of a workshop"},
	OutcomeSent:    {kind: Workshops, says: "sent the outcome of a workshop to those who took part"},
	RecordsErased:  {kind: Clearing, says: "erased sign-in records after their time"},
	RequestsErased: {kind: Clearing, says: "erased requests for advice after their time"},
	ConsentSet:     {kind: Sharing, says: "set how far results are shared"},
	GuideSet:       {kind: Sharing, says: "set whether other trusts may ask for advice"},
	CircleMade:     {kind: Sharing, says: "made a circle of trusts"},
	CircleInvited:  {kind: Sharing, says: "invited a trust to a circle"},
	CircleJoined:   {kind: Sharing, says: "joined a circle of trusts"},
	CircleDeclined: {kind: Sharing, says: "declined to join a circle of trusts"},
	CircleLeft:     {kind: Sharing, says: "left a circle of trusts"},
	AdviceAsked:    {kind: Sharing, says: "asked another trust for advice"},
	AdviceGiven:    {kind: Sharing, says: "answered another trust’s request for advice"},
	EditionMade:    {kind: Sharing, says: "made a benchmark edition"},
	Compared:       {kind: Sharing, says: "downloaded a comparison of trusts"},
	TrustMade:      {kind: Trusts, says: "added the trust"},
	TrustChanged:   {kind: Trusts, says: "changed the trust’s name or kind"},
	AdminGranted:   {kind: Trusts, says: "made PERSON a platform administrator"},
	AdminEnded:     {kind: Trusts, says: "ended PERSON’s time as a platform administrator"},

	RegisterImported: {kind: Trusts, says: "brought the register of trusts up to date"},
	SuccessionMade:   {kind: Trusts, says: "entered which trust followed another"},
	SuccessionEnded:  {kind: Trusts, says: "took back which trust followed another"},
	TypeSet:          {kind: Trusts, says: "set the type of a trust in the register"},
}

// Names are the words for an entry's ids, "" for those that are not known.
type Names struct {
	Actor  string
	Person string
	Round  string
}

// Who names whoever did it: nobody stands there when the program did it at its
// time, or somebody by a command on the server.
func (e Entry) Who(n Names) string {
	switch {
	case e.Actor == uuid.Nil:
		return "Octant"
	case n.Actor == "":
		return "Somebody whose name is not kept"
	}
	return n.Actor
}

// Tell is the entry as a sentence without a full stop, such as "Amina Yusuf
// opened the round ‘Autumn 2026’". What else is known follows in brackets.
func (e Entry) Tell(n Names) string {
	told, known := telling[e.Deed]
	if !known {
		told.says = "recorded: " + string(e.Deed)
	}
	round, detail := n.Round, e.Detail
	if told.titled && detail != "" {
		round, detail = detail, ""
	}
	says := told.says
	if round == "" {
		says = ofSomeRound.ReplaceAllString(says, "")
	}
	person := n.Person
	if person == "" {
		person = "somebody"
	}
	says = strings.NewReplacer("PERSON", person, "ROUND", "‘"+round+"’").Replace(says)
	if detail != "" && detail != round {
		says += " (" + detail + ")"
	}
	return e.Who(n) + " " + says
}

// ofSomeRound is what goes unsaid where the round is not known.
var ofSomeRound = regexp.MustCompile(` ((of|in|to|for|about) )?the round ROUND`)
