// Checks an exported audit log with golang.org/x/mod/sumdb, which knows nothing of this project.
//
//	audit_witness DIR [REMEMBERED]
//
// DIR is what `alpr audit export --every-checkpoint DIR` wrote. REMEMBERED is a checkpoint of the same log
// that was kept elsewhere. Prints one line and exits with 0, or says what does not fit and exits with 1.
// The line ends in a digest of all proofs, so that another program can compare its own: each entry's proof in
// the last tree, then each pair of trees, smaller ones first.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileWidth = 256

func main() {
	remembered := ""
	if len(os.Args) == 3 {
		remembered = os.Args[2]
	}
	said, err := check(os.Args[1], remembered)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func check(dir, remembered string) (string, error) {
	vkey, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil {
		return "", err
	}
	newest, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return "", fmt.Errorf("vkey: %w", err)
	}
	tree, err := openCheckpoint(filepath.Join(dir, "checkpoint"), note.VerifierList(newest))
	if err != nil {
		return "", err
	}

	// Every entry, hashed by Go, against the tiles, which Go authenticates against the signed root.
	entries, err := readEntries(dir, tree.N)
	if err != nil {
		return "", err
	}
	tiles := tlog.TileHashReader(tree, folderTiles(dir))
	for start := 0; start < len(entries); start += tileWidth {
		end := min(start+tileWidth, len(entries))
		var places []int64
		for i := start; i < end; i++ {
			places = append(places, tlog.StoredHashIndex(0, int64(i)))
		}
		hashes, err := tiles.ReadHashes(places)
		if err != nil {
			return "", err
		}
		for i, hash := range hashes {
			if hash != tlog.RecordHash(entries[start+i]) {
				return "", fmt.Errorf("entry %d does not match its tile", start+i)
			}
		}
	}

	// The tree as Go builds it from the entries alone.
	stored := storedHashes{}
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, &stored)
		if err != nil {
			return "", err
		}
		stored = append(stored, hashes...)
	}

	keys, err := announcedKeys(entries)
	if err != nil {
		return "", err
	}
	trees, err := keptCheckpoints(dir, keys)
	if err != nil {
		return "", err
	}
	if len(trees) == 0 || trees[len(trees)-1].N < tree.N {
		trees = append(trees, tree)
	}
	inclusions, consistencies := 0, 0
	for _, tree := range trees {
		if tree.N > int64(len(entries)) {
			return "", fmt.Errorf("a checkpoint covers %d entries, the log has %d", tree.N, len(entries))
		}
		for i := int64(0); i < tree.N; i++ {
			proof, err := tlog.ProveRecord(tree.N, i, &stored)
			if err != nil {
				return "", err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, tlog.RecordHash(entries[i])); err != nil {
				return "", fmt.Errorf("entry %d in the tree of %d: %w", i, tree.N, err)
			}
			inclusions++
		}
	}
	if remembered != "" {
		old, err := openCheckpoint(remembered, keys)
		if err != nil {
			return "", err
		}
		if old.N > tree.N {
			return "", fmt.Errorf("cut short: %d entries were remembered, %d are left", old.N, tree.N)
		}
		trees = append(trees, old)
	}
	digest := sha256.New()
	for i := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(i), &stored)
		if err != nil {
			return "", err
		}
		for _, hash := range proof {
			digest.Write(hash[:])
		}
	}
	sort.Slice(trees, func(a, b int) bool { return trees[a].N < trees[b].N })
	for a := range trees {
		for b := a + 1; b < len(trees); b++ {
			proof, err := tlog.ProveTree(trees[b].N, trees[a].N, &stored)
			if err != nil {
				return "", err
			}
			if err := tlog.CheckTree(proof, trees[b].N, trees[b].Hash, trees[a].N, trees[a].Hash); err != nil {
				return "", fmt.Errorf("from %d to %d entries: %w", trees[a].N, trees[b].N, err)
			}
			for _, hash := range proof {
				digest.Write(hash[:])
			}
			consistencies++
		}
	}
	return fmt.Sprintf("%d entries, %d checkpoints, %d inclusions, %d consistencies, proofs %x",
		tree.N, len(trees), inclusions, consistencies, digest.Sum(nil)), nil
}

// openCheckpoint verifies a signed note and reads it as C2SP tlog-checkpoint.
func openCheckpoint(file string, keys note.Verifiers) (tlog.Tree, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, keys)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", file, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != opened.Sigs[0].Name {
		return tlog.Tree{}, fmt.Errorf("%s is no checkpoint", file)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func keptCheckpoints(dir string, keys note.Verifiers) ([]tlog.Tree, error) {
	files, err := filepath.Glob(filepath.Join(dir, "checkpoints", "*"))
	if err != nil {
		return nil, err
	}
	var trees []tlog.Tree
	for _, file := range files {
		tree, err := openCheckpoint(file, keys)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	sort.Slice(trees, func(a, b int) bool { return trees[a].N < trees[b].N })
	return trees, nil
}

// announcedKeys returns the log keys that the entries announce.
func announcedKeys(entries [][]byte) (note.Verifiers, error) {
	var keys []note.Verifier
	for i, entry := range entries {
		var told struct {
			Action string
			Index  int
			Facts  map[string]string
		}
		if err := json.Unmarshal(entry, &told); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
		if told.Index != i {
			return nil, fmt.Errorf("entry %d calls itself %d", i, told.Index)
		}
		if told.Action == "log.start" || told.Action == "log.key" {
			key, err := note.NewVerifier(told.Facts["vkey"])
			if err != nil {
				return nil, fmt.Errorf("entry %d: %w", i, err)
			}
			keys = append(keys, key)
		}
	}
	return note.VerifierList(keys...), nil
}

// readEntries reads the entry bundles of C2SP tlog-tiles.
func readEntries(dir string, size int64) ([][]byte, error) {
	var entries [][]byte
	for first := int64(0); first < size; first += tileWidth {
		width := int(min(tileWidth, int(size-first)))
		tile := tlog.Tile{H: 8, L: 0, N: first / tileWidth, W: width}
		file := strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return nil, err
		}
		for i := 0; i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s ends in the middle of its entry %d", file, i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			entries = append(entries, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("%s is too long", file)
		}
	}
	return entries, nil
}

// tilePath is Go's path of a tile without its height, which C2SP tlog-tiles leaves out.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

type folderTiles string

func (dir folderTiles) Height() int { return 8 }

func (dir folderTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(dir), tilePath(tile)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", tilePath(tile), len(data))
		}
		found = append(found, data)
	}
	return found, nil
}

func (dir folderTiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

type storedHashes []tlog.Hash

func (stored *storedHashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, place := range places {
		found = append(found, (*stored)[place])
	}
	return found, nil
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
