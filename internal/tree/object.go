package tree

import (
	"bytes"
	"context"
	"crypto/sha1" // git's object format
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ID is the id of a git object: 40 lower-case hex digits.
type ID string

// Short returns the first nine digits, as upstream's own subjects and our stamps show a commit.
func (id ID) Short() string { return string(id[:min(9, len(id))]) }

// Valid reports whether id has the form of a full object id.
func (id ID) Valid() bool {
	if len(id) != 40 {
		return false
	}
	return strings.Trim(string(id), "0123456789abcdef") == ""
}

// Empty is the id of the tree without entries.
const Empty ID = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// NoBlob is the id that git writes where there is no file.
const NoBlob ID = "0000000000000000000000000000000000000000"

// Mode is the mode of a tree entry, as git stores it.
type Mode uint32

// The modes that git knows.
const (
	Regular    Mode = 0o100644
	Executable Mode = 0o100755
	Symlink    Mode = 0o120000
	Folder     Mode = 0o040000
	Submodule  Mode = 0o160000
)

// IsFolder reports whether the entry is a tree.
func (m Mode) IsFolder() bool { return m == Folder }

// IsRegular reports whether the entry is a file with content of its own: neither link, folder nor submodule.
func (m Mode) IsRegular() bool { return m == Regular || m == Executable }

// String returns git's six octal digits.
func (m Mode) String() string { return fmt.Sprintf("%06o", uint32(m)) }

type Entry struct {
	Name string
	Mode Mode
	ID   ID
}

// Object is a git object that is not stored yet.
type Object struct {
	Type string // blob, tree or commit
	ID   ID
	Data []byte // without git's header
}

// Objects reads stored git objects. Entries are in git's order and must not be changed by the caller, nor may
// a blob's bytes. An object that does not exist is an error that wraps fs.ErrNotExist.
type Objects interface {
	Tree(ctx context.Context, id ID) ([]Entry, error)
	Blob(ctx context.Context, id ID) ([]byte, error)
}

// NewObject returns data as an object, with the id that git gives it.
func NewObject(kind string, data []byte) Object {
	h := sha1.New() // git's object format
	h.Write([]byte(kind + " " + strconv.Itoa(len(data)) + "\x00"))
	h.Write(data)
	return Object{Type: kind, ID: ID(hex.EncodeToString(h.Sum(nil))), Data: data}
}

// BlobID is the id of a file's content.
func BlobID(data []byte) ID { return NewObject("blob", data).ID }

// Commit is a commit whose id is a function of its fields: author and committer are the same, dates are in UTC.
type Commit struct {
	Tree        ID
	Parents     []ID
	Name, Email string
	Date        time.Time
	Message     string
}

// Object encodes the commit.
func (c Commit) Object() Object {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	who := fmt.Sprintf("%s <%s> %d +0000", c.Name, c.Email, c.Date.Unix())
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s\n", who, who, strings.TrimRight(c.Message, "\n"))
	return NewObject("commit", b.Bytes())
}

// ParseTree decodes the content of a tree object (gitformat-pack, "tree objects").
func ParseTree(data []byte) ([]Entry, error) {
	entries := make([]Entry, 0, len(data)/40)
	for len(data) > 0 {
		space := bytes.IndexByte(data, ' ')
		nul := bytes.IndexByte(data, 0)
		if space < 1 || nul < space+2 || len(data) < nul+21 {
			return nil, fmt.Errorf("decoding a tree: malformed entry %d", len(entries))
		}
		mode, err := strconv.ParseUint(string(data[:space]), 8, 32)
		if err != nil {
			return nil, fmt.Errorf("decoding a tree: mode %q", data[:space])
		}
		entries = append(entries, Entry{
			Name: string(data[space+1 : nul]),
			Mode: Mode(mode),
			ID:   ID(hex.EncodeToString(data[nul+1 : nul+21])),
		})
		data = data[nul+21:]
	}
	return entries, nil
}

// encode returns the tree object of entries, sorting them as git does: a folder as if its name ended in a slash.
func encode(entries []Entry) (Object, error) {
	if !slices.IsSortedFunc(entries, compareEntries) {
		slices.SortFunc(entries, compareEntries)
	}
	size := 0
	for _, e := range entries {
		size += len("100644 ") + len(e.Name) + 1 + sha1.Size
	}
	b := make([]byte, 0, size)
	for _, e := range entries {
		b = strconv.AppendUint(b, uint64(e.Mode), 8)
		b = append(append(append(b, ' '), e.Name...), 0)
		had := len(b)
		var err error
		if b, err = hex.AppendDecode(b, []byte(e.ID)); err != nil || len(b)-had != sha1.Size {
			return Object{}, fmt.Errorf("encoding a tree: entry %q has id %q", e.Name, e.ID)
		}
	}
	return NewObject("tree", b), nil
}

// compareEntries orders entries as git does.
func compareEntries(a, b Entry) int {
	if !b.Mode.IsFolder() {
		return compareSorted(a, b.Name)
	}
	if !a.Mode.IsFolder() {
		return -compareSorted(b, a.Name)
	}
	return strings.Compare(a.Name+"/", b.Name+"/")
}

// sortName is the name by which git sorts an entry.
func sortName(e Entry) string {
	if e.Mode.IsFolder() {
		return e.Name + "/"
	}
	return e.Name
}
