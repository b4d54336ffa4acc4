package latin_test

import (
	"testing"

	"github.com/howdah/howdah/internal/latin"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Füge Grüße hinzu": "Fuge Grusse hinzu", "Fu\u0308ge": "Fuge", "STRAẞE": "STRASSE",
		"Ændre størrelse":          "AEndre storrelse",
		"Ajouter un thème à l'œil": "Ajouter un theme a l'oeil", "Łódź": "Lodz",
		"Thêm giao diện tối": "Them giao dien toi",
		"Añadir límite":      "Anadir limite", "İzin ver, ışık": "Izin ver, isik", "ｗｉｄｅ １２": "wide 12",
		"eﬃcient": "efficient",
		"絵文字":     "絵文字", "ガイド": "ガイド", "한국어": "한국어", "plain": "plain", "": "", "a\x80b": "a\ufffdb",
	} {
		if got := latin.Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestForeign(t *testing.T) {
	for text, want := range map[string]bool{
		"Add: 絵文字": true, "Füge Grüße": false, "Изменить": true, "📹 12 – #": false, "": false, "ｗｉｄｅ": false, "Łódź": false,
	} {
		if got := latin.Foreign(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}
