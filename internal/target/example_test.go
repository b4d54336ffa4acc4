package target_test

import (
	"fmt"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// What was typed becomes typed options, or an error with a hint.
func ExampleTarget_Parse() {
	check, err := target.Find("patch:check")
	if err != nil {
		fmt.Println(err)
		return
	}
	ref := "stable-4.5"
	o, err := check.Parse(nil, []target.Given{{Name: "ref", Value: &ref}, {Name: "strict"}})
	fmt.Println(o.Ref, o.Strict, err)
	_, err = check.Parse(nil, []target.Given{{Name: "stric"}})
	fmt.Println(err)
	fmt.Println("hint:", fault.HintOf(err))
	// Output:
	// stable-4.5 true <nil>
	// unknown option of patch:check: "-stric"
	// hint: did you mean "-strict"?
}

// A command is a value until it is printed: each caller reads it in the form that it typed itself.
func ExampleCaller_Line() {
	show := target.PatchShow.Command("my-change", "-ref=main")
	fmt.Println(target.Caller{}.Line(show))
	fmt.Println(target.Caller{Program: "howdah", Words: true, Config: "mine/howdah.toml"}.Line(show))
	// Output:
	// go tool mage patch:show my-change -ref=main
	// HOWDAH_CONFIG=mine/howdah.toml howdah patch show my-change -ref=main
}
