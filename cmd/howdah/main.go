// Command howdah has the targets of mage as commands: `howdah patch check` is `mage patch:check`. It adds help and
// completion.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

func main() { os.Exit(run(context.Background(), os.Args[1:])) }

// run runs the command line and returns the exit code.
func run(ctx context.Context, args []string) int {
	code := 0
	root := commands(ctx, &code)
	root.SetArgs(normal(args))
	if err := fault.Catch(root.Execute); err != nil {
		return cli.Fail(usage(root, err), true)
	}
	return code
}

// usage returns a mistake that cobra found as Howdah reports mistakes: exit code 2, with the nearest name.
func usage(root *cobra.Command, err error) error {
	var mistake *fault.Error
	if errors.As(err, &mistake) {
		return err
	}
	return fault.New(fault.Usage, "%s", strings.TrimSpace(strings.SplitN(err.Error(), "\n", 2)[0])).
		WithHint("this lists the commands: %s --help", root.Name())
}

// commands returns the tree of commands: one for each namespace, and one for each target.
func commands(ctx context.Context, code *int) *cobra.Command {
	root := &cobra.Command{
		Use:   "howdah",
		Short: "Releases your own Mastodon: upstream's newest commit with your changes",
		Args:  cobra.ArbitraryArgs, SilenceErrors: true, SilenceUsage: true, Version: version(),
		RunE: func(c *cobra.Command, args []string) error {
			if list, _ := c.Flags().GetBool("list"); list {
				listTargets(c.OutOrStdout())
				return nil
			}
			if len(args) == 0 {
				return c.Help()
			}
			return unknown(c, args)
		},
	}
	root.Flags().BoolP("list", "l", false, "list the targets, as mage -l does")
	root.SetVersionTemplate("howdah {{.Version}}\n")
	spaces := map[string]*cobra.Command{}
	for _, t := range target.All() {
		if t.Needs.Source {
			continue
		}
		parent := root
		if space := t.Namespace(); space != "" {
			if spaces[space] == nil {
				spaces[space] = namespace(space)
				root.AddCommand(spaces[space])
			}
			parent = spaces[space]
		}
		parent.AddCommand(command(ctx, t, code))
		if short(t) {
			c := command(ctx, t, code)
			c.Short = "the same as " + t.Namespace() + " " + t.Verb()
			root.AddCommand(c)
		}
	}
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if c != root {
			help(c, args)
			return
		}
		fmt.Fprint(c.OutOrStdout(), c.Short+"\n\n"+
			"howdah COMMAND --help explains one; patch may be left out: howdah check;\n"+
			"howdah doctor is howdah publish doctor;\n"+
			"howdah completion bash|zsh|fish completes them\n\n")
		listTargets(c.OutOrStdout())
	})
	return root
}

// unknown returns the error for an unknown command, with the nearest one as it is typed.
func unknown(root *cobra.Command, args []string) error {
	name := strings.Join(args[:min(2, len(args))], ":")
	t, err := target.Find(name)
	if err == nil && t.Needs.Source {
		return fault.New(fault.Usage, "%s needs the tool's source", name).
			WithHint("in a checkout of it: go tool mage %s", name)
	}
	var words []string
	commands, spaces := map[string]bool{}, map[string]bool{}
	for _, c := range root.Commands() {
		words = append(words, c.Name())
		commands[c.Name()], spaces[c.Name()] = true, c.HasSubCommands()
	}
	for _, t := range target.All() {
		if !t.Needs.Source && !commands[t.Verb()] {
			words = append(words, t.Verb())
		}
	}
	near := nearest.Name(args[0], words)
	if spaces[near] && (near == args[0] || !fault.HintOf(err).IsZero()) {
		return err
	}
	unknown := fault.New(fault.Usage, "unknown command %q", term.Clip(args[0], 80))
	if near == "" {
		return unknown.WithHint("this lists the commands: %s --help", root.Name())
	}
	same := withVerb(root.Name(), near)
	switch {
	case commands[near]:
		return unknown.WithHint("did you mean %q?", root.Name()+" "+near)
	case len(same) == 1:
		return unknown.WithHint("did you mean %q?", same[0])
	}
	return unknown.WithHint("write one of: %s", strings.Join(same, ", "))
}

// withVerb returns the commands of all namespaces that end with a verb, as they are typed.
func withVerb(program, verb string) (lines []string) {
	for _, t := range target.All() {
		if t.Verb() == verb && !t.Needs.Source {
			lines = append(lines, program+" "+t.Namespace()+" "+verb)
		}
	}
	return lines
}

// version returns the tag that the program was built from, or one made of the commit's date and id.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "(devel)"
}

// listTargets prints the targets by purpose.
func listTargets(w io.Writer) {
	fmt.Fprint(w, target.Listing(term.Columns(os.Stdout), true, false))
}

// short reports whether the namespace of a target may be left out: people type those of patch most.
func short(t target.Target) bool { return t.Namespace() == "patch" || t.Alone }

// namespace returns the command above those of one namespace.
func namespace(space string) *cobra.Command {
	c := &cobra.Command{
		Use: space, Short: "commands that begin with " + space, Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			_, err := target.Find(space + ":" + args[0])
			return err
		},
	}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) {
		fmt.Fprint(c.OutOrStdout(), target.Space(space, c.Root().Name(), term.Columns(os.Stdout)))
	})
	return c
}

// command returns one target's command.
func command(ctx context.Context, t target.Target, code *int) *cobra.Command {
	use := t.Verb()
	for _, a := range t.Args {
		use += " " + a.Name
	}
	c := &cobra.Command{
		Use: use, Short: t.Doc, Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			var given []target.Given
			c.Flags().Visit(func(f *pflag.Flag) {
				if f.Name != "help" {
					value := f.Value.String()
					given = append(given, target.Given{Name: f.Name, Value: &value})
				}
			})
			*code = cli.Main(ctx, t, true, args, given)
			return nil
		},
	}
	for _, o := range t.Options {
		flag := c.Flags().VarPF(&value{kind: o.Value}, o.Name, "", o.Doc)
		if o.Switch() {
			flag.NoOptDefVal = "true"
		}
	}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) {
		fmt.Fprint(c.OutOrStdout(), target.Help(t, c.Root().Name(), term.Columns(os.Stdout), true))
	})
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
			name, _, _ = strings.Cut(name, "=")
			_, err = t.Option(name)
		}
		return err
	})
	return c
}

// value is an option's text; the target parses it.
type value struct{ text, kind string }

var _ pflag.Value = (*value)(nil)

func (v *value) Set(text string) error { v.text = text; return nil }

func (v *value) String() string { return v.text }

// Type is what help prints after the option's name. For a switch, "bool" makes it print nothing.
func (v *value) Type() string {
	if v.kind == "" {
		return "bool"
	}
	return v.kind
}

// normal turns mage's forms into cobra's: "patch:check" into two words, "-ref=main" into "--ref=main".
func normal(args []string) []string {
	var out []string
	for i, a := range args {
		space, verb, ok := strings.Cut(a, ":")
		switch {
		case i == 0 && ok && !strings.HasPrefix(a, "-"):
			out = append(out, space, verb)
		case len(a) > 2 && a[0] == '-' && a[1] != '-':
			out = append(out, "-"+a)
		default:
			out = append(out, a)
		}
	}
	return out
}
