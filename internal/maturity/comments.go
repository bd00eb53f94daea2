package maturity

// MinCommented is how many answers to a question a report must tell of before
// what people wrote beside them may be read (method 3.8, rule 8).
const MinCommented = 8

// CommentsMayShow says whether the comments and notes of evidence on a question
// may be read. The answers that count are those the report itself tells of:
// levels and "I do not know". "Rather not say" and no answer are told together,
// so neither counts; what is hidden counts as nought. The rule looks at nothing
// but the published item, so that whether comments are there to read tells
// nobody anything that the report does not.
func (r Result) CommentsMayShow(question string) bool {
	for _, e := range r.Elements {
		for _, it := range e.Items {
			if it.Key == question {
				return r.answersTold(it) >= MinCommented
			}
		}
	}
	return false
}

// answersTold is the least number of levels and "I do not know" that an item's
// published values amount to.
func (r Result) answersTold(it Item) (n int) {
	if it.N != nil {
		n = *it.N
	}
	switch {
	case it.DontKnow != nil:
		n += *it.DontKnow
	case it.NearlyAllDontKnow:
		n = max(n, r.Respondents-2)
	}
	return n
}
