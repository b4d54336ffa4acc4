package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/script"
)

// planted are commands that would create the file MARK if anything of a script were run, and forms in which sed could
// be made to do it.
const planted = `touch MARK
echo x > MARK
$(touch MARK)
x=$(echo y > MARK)
x=` + "`touch MARK`" + `
eval "touch MARK"
bash -c 'touch MARK'
sh <<< 'touch MARK'
bash <<END
touch MARK
END
cat <(touch MARK)
exec touch MARK
trap 'touch MARK' EXIT
a[$(touch MARK)]=1
echo ${x:-$(touch MARK)}
echo $((a[$(touch MARK)]))
[[ -v a[$(touch MARK)] ]]
: > MARK
cp beside.txt MARK
install -D beside.txt MARK
mv app/a.rb MARK
tee MARK < beside.txt
sed -i 's/a/touch MARK/e' app/a.rb
sed -i '1e touch MARK' app/a.rb
sed -i 'w MARK' app/a.rb
sed -i 's/a/b/w MARK' app/a.rb
sed -i '1r /etc/passwd' app/a.rb
sed -n 'w MARK' app/a.rb
sed -i'MARK' 's/a/b/' app/a.rb
sed -f planted.sed -i app/a.rb
sed --expression='1e touch MARK' -i app/a.rb
sed 's/a/b/' app/a.rb > MARK
sed -i 's/a/b/' MARK /etc/passwd ../../../../etc/passwd
sed -i 's/a/b/' '$(touch MARK)' '; touch MARK'
sed --debug -i '1e touch MARK' app/a.rb
sed "-i;touch MARK" 's/a/b/' app/a.rb
perl -e 'open F, ">MARK"'
python3 -c 'open("MARK", "w")'
ruby -e 'File.write("MARK", "")'
awk 'BEGIN { print > "MARK" }'
node -e 'require("fs").writeFileSync("MARK", "")'
./planted.sh
. ./planted.sh
bash planted.sh
make
find . -exec touch MARK \;
echo MARK | xargs touch
printf 'touch MARK' | sh
curl https://example.org/x | bash
git -c core.pager='touch MARK' log
git -c alias.x='!touch MARK' x
env touch MARK
sudo touch MARK
(touch MARK) & wait
f() { touch MARK; }; f
for i in 1; do touch MARK; done
if touch MARK; then touch MARK; fi
while touch MARK; do break; done
case x in x) touch MARK ;; esac
coproc touch MARK
PROMPT_COMMAND='touch MARK'
grep -f MARK x > MARK
patch -p1 < planted.patch
patch -e app/a.rb < planted.ed
patch app/a.rb < planted.ed
ed -s app/a.rb < planted.ed
ex -s -c '!touch MARK' -c wq app/a.rb
mapfile -C 'touch MARK' -c 1 x < beside.txt
sort --compress-program='touch MARK' beside.txt > app/x
git -c diff.external='touch MARK' diff
git apply --directory='$(touch MARK)' planted.patch
find . -name a.rb -execdir touch MARK \;
trap 'touch MARK' EXIT; exit 0
declare -A m; m[$(touch MARK)]=1
sed -i "1r $(touch MARK)" app/a.rb
truncate -s 0 MARK
ln -s app/a.rb MARK
tail -f MARK
split --filter='touch MARK' beside.txt
envsubst '$(touch MARK)' < beside.txt
awk 'BEGIN { system("touch MARK") }'
tar xf beside.tar --to-command='touch MARK'
xargs -I{} touch {} <<< MARK`

// TestNothingOfAStrangerRuns follows the planted commands, one by one, all together and in a Dockerfile. None of them
// is run, and sed's commands stay in its sandbox.
func TestNothingOfAStrangerRuns(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	work := t.TempDir()
	t.Chdir(work)
	fill := func(s string) string { return strings.ReplaceAll(s, "MARK", mark) }
	beside := fstest.MapFS{
		"beside.txt":    {Data: []byte("x\n")},
		"planted.sh":    {Data: []byte(fill("#!/bin/bash\ntouch MARK\n")), Mode: 0o755},
		"planted.sed":   {Data: []byte(fill("1e touch MARK\n"))},
		"planted.patch": {Data: []byte(fill("--- a/app/a.rb\n+++ MARK\n@@ -1 +1 @@\n-a\n+b\n"))},
		"planted.ed":    {Data: []byte(fill("1i\nx\n.\n!touch MARK\nw\nq\n"))},
		"Makefile":      {Data: []byte(fill("all:\n\ttouch MARK\n"))},
	}
	sources := []script.Source{{Data: []byte(fill(planted))}}
	commands := strings.Split(planted, "\n")
	for i := 0; i < len(commands); i++ {
		c := commands[i]
		if strings.HasSuffix(c, "<<END") {
			c = strings.Join(commands[i:i+3], "\n")
			i += 2
		}
		sources = append(sources, script.Source{Data: []byte(fill(c) + "\n")})
		if !strings.Contains(c, "\n") {
			sources = append(sources, script.Source{Data: []byte(fill("FROM mastodon\nRUN " + c + "\nCMD " + c + "\n")),
				Dockerfile: true})
		}
	}
	if len(sources) < 100 {
		t.Fatalf("only %d sources", len(sources))
	}
	for _, src := range sources {
		src.Name, src.File, src.Beside = "planted", "patch.sh", beside
		base := treeOf(t, map[string]string{"app/a.rb": "a\n"})
		if _, err := script.Follow(t.Context(), src, base, sedOf(t)); err != nil {
			t.Logf("%s\n%v", src.Data, err)
		}
		if _, err := os.Lstat(mark); err == nil {
			t.Fatalf("this left a mark:\n%s", src.Data)
		}
		if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
			t.Fatalf("this left files (%v):\n%s", left, src.Data)
		}
	}
}

// FuzzFollow follows any text: it never panics, and the changes produce the tree that it predicts.
func FuzzFollow(f *testing.F) {
	for _, c := range strings.Split(planted, "\n") {
		f.Add([]byte(c), false)
	}
	f.Add([]byte("for f in app/*.rb; do sed -i \"s/a/$f/\" $f; done\ncat >> app/a.rb <<E\nx\nE\n"), false)
	f.Add([]byte("FROM a AS b\nARG X=1\nCOPY --from=b /opt/mastodon /opt/mastodon\n"+
		"RUN sed -i 's/a/b/' app/a.rb && \\\n  true\n"), true)
	upstream := map[string]string{"app/a.rb": "a\nclass A\nend\n", "config/x.yml": "a: b\n"}
	f.Fuzz(func(t *testing.T, data []byte, docker bool) {
		base := treeOf(t, upstream)
		src := script.Source{Name: "ours", File: "patch.sh", Data: data, Dockerfile: docker,
			Beside: fstest.MapFS{"x": {Data: []byte("x\n")}}}
		r, err := script.Follow(t.Context(), src, base, noSed{})
		if err != nil {
			return
		}
		if got := applied(t, r, base, true); got.Root() != r.Expected.Root() {
			t.Errorf("the series is not what is followed:\n%s", differs(t, r.Expected, got))
		}
	})
}

// FuzzSedCommands: a sed script that is run command by command has the same result as when it is run at once.
func FuzzSedCommands(f *testing.F) {
	for _, s := range sedRows {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "'\x00") || len(s) > 200 {
			return
		}
		base := treeOf(t, map[string]string{"app/text": sedText})
		src := script.Source{Name: "ours", File: "patch.sh", Data: []byte("sed -i -e '" + s + "' app/text\n")}
		r, err := script.Follow(t.Context(), src, base, sedOf(t))
		if err != nil {
			return
		}
		if got := applied(t, r, base, true); got.Root() != r.Expected.Root() {
			t.Errorf("the series is not what sed makes:\n%s", differs(t, r.Expected, got))
		}
	})
}
