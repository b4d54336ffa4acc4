package wording

import (
	"path"
	"slices"
	"strings"
)

// plurals are the last names of keys of which the code only knows what stands before.
var plurals = []string{"zero", "one", "two", "few", "many", "other"}

// uses are the lines of code that use a key.
func uses(key string, client bool, code []File) (found []Place) {
	wanted := wantedLines(key, client)
	for _, f := range code {
		texts := wanted(f.Name)
		if len(texts) == 0 {
			continue
		}
		data := string(f.Data)
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(data, text) }) {
			continue
		}
		for i, line := range strings.Split(data, "\n") {
			if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(line, text) }) {
				if found = append(found, Place{f.Name, i + 1, strings.TrimSpace(line)}); len(found) == maxUses {
					return found
				}
			}
		}
	}
	return found
}

// wantedLines returns, for a file's name, the texts by which a line of that file uses a key.
func wantedLines(key string, client bool) func(name string) []string {
	if client {
		texts := quotes(key)
		return func(name string) []string {
			if !strings.HasPrefix(name, "app/javascript/") {
				return nil
			}
			return texts
		}
	}
	names := strings.Split(key, ".")
	if n := len(names) - 1; n > 0 && slices.Contains(plurals, names[n]) {
		names = names[:n]
		key = strings.Join(names, ".")
	}
	anywhere := quotes(key)
	if parent, _, ok := cutLast(key); ok { // t("admin.reports.#{name}")
		anywhere = append(anywhere, `"`+parent+`.#{`)
	}
	if field, ok := formField(names); ok {
		anywhere = append(anywhere, "input :"+field+",", "input :"+field+" ")
	}
	return func(name string) []string {
		if strings.HasPrefix(name, "app/javascript/") {
			return nil
		}
		return slices.Concat(anywhere, relative(name, names))
	}
}

// quotes is a key as code writes it.
func quotes(key string) []string { return []string{"'" + key + "'", `"` + key + `"`} }

// formField is the field of a form that a key of simple_form labels: simple_form.hints.defaults.locale.
func formField(names []string) (string, bool) {
	if len(names) != 4 || names[0] != "simple_form" {
		return "", false
	}
	return names[3], true
}

// relative is what a view, or a mailer, writes for a key that begins with its own name: t('.title') in
// app/views/about/show.html.haml is about.show.title (https://guides.rubyonrails.org/i18n.html#lazy-lookup), and the
// subject of a mail is that of the mailer's method.
func relative(name string, names []string) (texts []string) {
	if rest, ok := strings.CutPrefix(name, "app/views/"); ok {
		dir, file := path.Split(rest)
		file, _, _ = strings.Cut(strings.TrimPrefix(file, "_"), ".")
		own := append(strings.FieldsFunc(dir, func(r rune) bool { return r == '/' }), file)
		if len(names) > len(own) && slices.Equal(names[:len(own)], own) {
			texts = quotes("." + strings.Join(names[len(own):], "."))
		}
	}
	if len(names) == 3 && names[2] == "subject" && name == "app/mailers/"+names[0]+".rb" {
		texts = append(texts, "def "+names[1])
	}
	return texts
}

func cutLast(key string) (before, after string, ok bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return key, "", false
	}
	return key[:i], key[i+1:], true
}
