package session

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/transaction"
)

func TestSteady(t *testing.T) {
	var torn = errors.New("read between two files")
	for name, writes := range map[string]int{"nobody writes": 0, "once": 1, "three times": 3} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			s := &Session{Config: &config.Config{Root: root}}
			w := transaction.Writer{Places: []string{root}}
			reads := 0
			err := s.Steady(func() error {
				if reads++; reads > writes {
					return nil
				}
				err := w.Put("patch:save", []transaction.Change{
					{Path: filepath.Join(root, "series.lock"), Data: []byte{byte(reads)}}})
				return errors.Join(torn, err, w.End(0))
			})
			if err != nil || reads != writes+1 {
				t.Errorf("%d reads, %v", reads, err)
			}
		})
	}
	t.Run("a mistake that stays", func(t *testing.T) {
		s := &Session{Config: &config.Config{Root: t.TempDir()}}
		if err := s.Steady(func() error { return os.ErrInvalid }); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
}
