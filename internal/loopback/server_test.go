package loopback

import (
	"net"
	"testing"
)

// A program that is being started has a copy of every open file until it is executed: the port is free in spite of it.
func TestPortIsFreeWithACopyOpen(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if err := (port{listener}).Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Start(t.Context(), t.TempDir(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if again.Shared() {
		t.Error("the closed listener still answers")
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
