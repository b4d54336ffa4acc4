package mail_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/mail"
)

// TestLimits: a field Content-Type counts up to 64 KiB, and a line stands between two mails up to 4,096 bytes; what is
// longer is text like any other.
func TestLimits(t *testing.T) {
	flowed := "text/plain; format=flowed; x=\""
	for bytesOfField, counts := range map[int]bool{64 << 10: true, 64<<10 + 1: false} {
		field := flowed + strings.Repeat("x", bytesOfField-len(flowed)-1) + "\""
		all, err := mail.Split([]byte("From: a <a@localhost>\nSubject: x\nContent-Type: " + field + "\n\n  stuffed\n"))
		if err != nil || len(all) != 1 {
			t.Fatalf("%d mails, %v", len(all), err)
		}
		if unstuffed := bytes.HasSuffix(all[0].Data, []byte("\n\n stuffed\n")); unstuffed != counts {
			t.Errorf("a field of %d bytes counts: %v, want %v", bytesOfField, unstuffed, counts)
		}
	}
	begin := "From " + strings.Repeat("1", 40) + " "
	for bytesOfLine, counts := range map[int]bool{4096: true, 4097: false} {
		one := begin + strings.Repeat("x", bytesOfLine-len(begin)) + "\nFrom: a <a@localhost>\nSubject: x\n\nx\n"
		all, err := mail.Split([]byte("From " + strings.Repeat("2", 40) + "\nSubject: first\n\nx\n" + one))
		if err != nil || len(all) == 2 != counts {
			t.Errorf("a line of %d bytes: %d mails, %v", bytesOfLine, len(all), err)
		}
	}
}
