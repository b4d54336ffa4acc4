// Step is the one program in the images of this package's tests: it needs no library and no shell.
package main

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	switch os.Args[1] {
	case "fail": // says 30 lines, then fails
		for i := range 30 {
			os.Stdout.WriteString("line " + strconv.Itoa(i+1) + "\n")
		}
		os.Exit(42)
	case "sleep": // the further argument marks the process for who looks for it
		time.Sleep(10 * time.Minute)
	case "once": // the first time it marks the file and sleeps, as above; then it ends at once
		if _, err := os.Stat(os.Args[2]); err == nil {
			return
		}
		if err := os.WriteFile(os.Args[2], nil, 0o644); err != nil {
			os.Exit(1)
		}
		time.Sleep(10 * time.Minute)
	case "wait": // on 386 it sleeps until SIGTERM, and then ends well; else it ends at once
		if os.Getenv("TARGETARCH") != "386" {
			return
		}
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		select {
		case <-told:
		case <-time.After(10 * time.Minute):
			os.Exit(1)
		}
	case "secret": // what a secret holds, seen but not kept
		data, err := os.ReadFile("/run/secrets/" + os.Args[2])
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		if err := os.WriteFile("/length", []byte(strconv.Itoa(len(data))+"\n"), 0o644); err != nil {
			os.Exit(1)
		}
	case "tell": // a secret on both streams, in two parts and at the end of a line, and a private key; then it fails
		data, err := os.ReadFile("/run/secrets/" + os.Args[2])
		if err != nil {
			os.Exit(1)
		}
		half := len(data) / 2
		for _, part := range []string{"it is " + string(data[:half]), string(data[half:]) + " indeed\n",
			"-----BEGIN PRIVATE KEY-----\n", "a2V5LW9mLXRoaXMtdGVzdA\n", "-----END PRIVATE KEY-----\n", string(data)} {
			os.Stdout.WriteString(part)
			os.Stderr.WriteString(part)
			time.Sleep(20 * time.Millisecond)
		}
		os.Exit(3)
	case "write": // a file with the time of now
		if err := os.WriteFile(os.Args[2], []byte(os.Args[3]+"\n"), 0o644); err != nil {
			os.Exit(1)
		}
	}
}
