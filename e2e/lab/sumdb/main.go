// Goproxy serves Go modules and their checksum database on a Unix socket: what GOPROXY and GOSUMDB ask for.
// It creates the module zips itself, from folders named in a list and from what is posted to /-/modules.
//
//	goproxy -socket S -folder F -sumdb NAME [-modules LIST.json]
//
// The first line of standard output is the verifier key, the value for GOSUMDB.
package main

import (
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	log.SetFlags(0)
	socket := flag.String("socket", "", "path of the socket to listen on")
	folder := flag.String("folder", "", "existing folder for the zips")
	name := flag.String("sumdb", "", "name of the checksum database")
	modules := flag.String("modules", "", "JSON list of {path, version, dir}")
	flag.Parse()
	if *socket == "" || *folder == "" || *name == "" || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	signer, verifier, err := note.GenerateKey(rand.Reader, *name)
	if err != nil {
		log.Fatal(err)
	}
	store := &store{folder: *folder}
	if *modules != "" {
		if err := store.addList(*modules); err != nil {
			log.Fatal(err)
		}
	}
	database := sumdb.NewServer(sumdb.NewTestServer(signer, store.goSum))
	prefix := "/sumdb/" + *name
	mux := http.NewServeMux()
	mux.HandleFunc(prefix+"/supported", func(http.ResponseWriter, *http.Request) {})
	for _, path := range sumdb.ServerPaths {
		mux.Handle(prefix+path, http.StripPrefix(prefix, database))
	}
	mux.HandleFunc("/-/modules", store.serveAdd)
	mux.HandleFunc("/", store.serveModule)
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verifier)
	log.Fatal(http.Serve(listener, mux))
}

// serveAdd makes a module version out of {path, version, files: {name: content}}.
func (s *store) serveAdd(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Path, Version string
		Files         map[string]string
	}
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.addFiles(body.Path, body.Version, body.Files); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// serveModule answers the GOPROXY protocol (go.dev/ref/mod#goproxy-protocol).
func (s *store) serveModule(w http.ResponseWriter, r *http.Request) {
	request := strings.TrimPrefix(r.URL.Path, "/")
	if escaped, found := cut(request, "/@latest"); found {
		s.serveLatest(w, r, escaped)
		return
	}
	at := strings.Index(request, "/@v/")
	if at < 0 {
		http.NotFound(w, r)
		return
	}
	escaped, file := request[:at], request[at+len("/@v/"):]
	if file == "list" {
		s.serveList(w, r, escaped)
		return
	}
	for _, end := range []string{".info", ".mod", ".zip"} {
		if version, found := cut(file, end); found {
			s.serveFile(w, r, escaped, version, end)
			return
		}
	}
	http.NotFound(w, r)
}

func cut(text, end string) (string, bool) {
	return strings.TrimSuffix(text, end), strings.HasSuffix(text, end)
}
