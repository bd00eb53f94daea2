package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// scoreCmd scores a file of answers without a database.
type scoreCmd struct {
	Questionnaire string `required:"" placeholder:"VERSION" help:"The questionnaire that was answered, such as 2026-1."`
	Invited       int    `placeholder:"N" help:"How many people were asked; as many as answered if not given."`
	Published     bool   `help:"Apply every privacy rule, as a report does."`
	JSON          bool   `help:"Write JSON, which is what is written anyway."`
	Answers       string `arg:"" name:"answers.csv" help:"CSV with the columns respondent, side, question and answer."`
}

// Run reads the file, says what is wrong with it, or else writes its scores.
func (cmd scoreCmd) Run(c console) error {
	version, err := questionnaire.Load(cmd.Questionnaire)
	if err != nil {
		return err
	}
	file, err := os.Open(cmd.Answers)
	if err != nil {
		return err
	}
	defer file.Close()
	answers, err := cmd.read(file, version, c)
	if err != nil {
		return err
	}
	if cmd.Invited != 0 && cmd.Invited < answers.People() {
		return fmt.Errorf("--invited is %d, but %d people answered", cmd.Invited, answers.People())
	}
	out := json.NewEncoder(c.out)
	out.SetIndent("", "  ")
	if cmd.Published {
		return out.Encode(maturity.Hide(answers.Input(cmd.Invited)))
	}
	return out.Encode(maturity.Score(answers.Input(cmd.Invited)))
}

// read writes each fault of the file on a line of its own, as editors and
// scripts understand it.
func (cmd scoreCmd) read(file *os.File, v *questionnaire.Version, c console) (maturity.Answers, error) {
	told := bufio.NewWriter(c.err)
	defer func() { _ = told.Flush() }() // nobody listens if it fails
	answers, err := maturity.ReadAnswers(file, v, func(f maturity.Fault) {
		fmt.Fprintf(told, "%s:%d:%d: %s\n", cmd.Answers, f.Line, f.Column, f.Reason)
	})
	if errors.Is(err, maturity.ErrFaults) {
		return answers, errTold
	}
	return answers, err
}
