package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// version is one module version that can be asked for.
type version struct {
	module.Version
	goMod []byte
	zip   string
	time  time.Time
}

// store holds all versions; more can come while it serves.
type store struct {
	folder string
	mu     sync.RWMutex
	all    []version
}

// addList reads [{path, version, dir}] and adds each folder as a module version.
func (s *store) addList(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var list []struct{ Path, Version, Dir string }
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, one := range list {
		goMod, err := os.ReadFile(filepath.Join(one.Dir, "go.mod"))
		if err != nil {
			return err
		}
		err = s.add(one.Path, one.Version, goMod, func(w io.Writer, m module.Version) error {
			return zip.CreateFromDir(w, m, one.Dir)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// addFiles adds a module version whose files are given; a missing go.mod is made up.
func (s *store) addFiles(path, vers string, files map[string]string) error {
	if _, ok := files["go.mod"]; !ok {
		with := map[string]string{"go.mod": "module " + path + "\n"}
		for name, text := range files {
			with[name] = text
		}
		files = with
	}
	var list []zip.File
	for name, text := range files {
		list = append(list, memoryFile{name, text})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path() < list[j].Path() })
	return s.add(path, vers, []byte(files["go.mod"]), func(w io.Writer, m module.Version) error {
		return zip.Create(w, m, list)
	})
}

func (s *store) add(path, vers string, goMod []byte, write func(io.Writer, module.Version) error) error {
	if err := module.Check(path, vers); err != nil {
		return err
	}
	m := module.Version{Path: path, Version: vers}
	if _, ok := s.find(m); ok {
		return fmt.Errorf("%v exists: a version never changes", m)
	}
	file, err := os.CreateTemp(s.folder, "*.zip")
	if err != nil {
		return err
	}
	err = write(file, m)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(file.Name())
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, version{m, goMod, file.Name(), time.Now().UTC().Truncate(time.Second)})
	return nil
}

func (s *store) find(m module.Version) (version, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, one := range s.all {
		if one.Version == m {
			return one, true
		}
	}
	return version{}, false
}

// goSum answers the two lines that stand in go.sum for a module version.
func (s *store) goSum(path, vers string) ([]byte, error) {
	one, ok := s.find(module.Version{Path: path, Version: vers})
	if !ok {
		return nil, os.ErrNotExist
	}
	whole, err := dirhash.HashZip(one.zip, dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(one.goMod)), nil
	})
	if err != nil {
		return nil, err
	}
	return []byte(fmt.Sprintf("%s %s %s\n%s %s/go.mod %s\n", path, vers, whole, path, vers, mod)), nil
}

// versions lists what exists of one module, oldest first. A path that is not escaped properly has none.
func (s *store) versions(escaped string) []version {
	path, err := module.UnescapePath(escaped)
	if err != nil {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []version
	for _, one := range s.all {
		if one.Path == path {
			list = append(list, one)
		}
	}
	sort.Slice(list, func(i, j int) bool { return semver.Compare(list[i].Version.Version, list[j].Version.Version) < 0 })
	return list
}

func (s *store) serveList(w http.ResponseWriter, r *http.Request, escaped string) {
	list := s.versions(escaped)
	if len(list) == 0 {
		http.NotFound(w, r)
		return
	}
	for _, one := range list {
		// Pseudo-versions don't belong on the list.
		if !module.IsPseudoVersion(one.Version.Version) {
			fmt.Fprintln(w, one.Version.Version)
		}
	}
}

func (s *store) serveLatest(w http.ResponseWriter, r *http.Request, escaped string) {
	list := s.versions(escaped)
	if len(list) == 0 {
		http.NotFound(w, r)
		return
	}
	newest := list[len(list)-1]
	for _, one := range list {
		if semver.Prerelease(one.Version.Version) == "" {
			newest = one
		}
	}
	serveInfo(w, newest)
}

func (s *store) serveFile(w http.ResponseWriter, r *http.Request, escapedPath, escapedVersion, end string) {
	path, err := module.UnescapePath(escapedPath)
	vers, wrong := module.UnescapeVersion(escapedVersion)
	one, ok := s.find(module.Version{Path: path, Version: vers})
	if err != nil || wrong != nil || !ok {
		http.Error(w, "not found: "+strings.TrimSpace(path+"@"+vers), http.StatusNotFound)
		return
	}
	switch end {
	case ".info":
		serveInfo(w, one)
	case ".mod":
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		w.Write(one.goMod)
	default:
		w.Header().Set("Content-Type", "application/zip")
		http.ServeFile(w, r, one.zip)
	}
}

func serveInfo(w http.ResponseWriter, one version) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]interface{}{"Version": one.Version.Version, "Time": one.time})
}

// memoryFile is a file of a module that only exists in memory.
type memoryFile struct{ name, text string }

func (f memoryFile) Path() string                { return f.name }
func (f memoryFile) Lstat() (os.FileInfo, error) { return memoryInfo{f}, nil }
func (f memoryFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f.text)), nil
}

type memoryInfo struct{ file memoryFile }

func (i memoryInfo) Name() string       { return filepath.Base(i.file.name) }
func (i memoryInfo) Size() int64        { return int64(len(i.file.text)) }
func (i memoryInfo) Mode() os.FileMode  { return 0o644 }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return false }
func (i memoryInfo) Sys() interface{}   { return nil }
