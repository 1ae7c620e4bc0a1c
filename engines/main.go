// Command engines is a WebAssembly reactor: the field's own libraries, each behind one call, in an instance that has
// no process, socket, environment or host file. See build.ts for how it is built, types.go for what it is asked.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"unsafe"
)

// stackBytesMax makes runaway recursion a fault of the instance long before it has eaten the memory limit.
const stackBytesMax = 256 << 20

// collectAfterBytes is how much may be allocated between collections that the host gives time for.
const collectAfterBytes = 24 << 20

// headroom is never touched, and takes no memory therefore; but the collector counts it, and begins in the middle of a
// call only once twice as much has been allocated: a render of the usual size is over before, and pays for none.
var headroom = make([]byte, collectAfterBytes)

var input, output []byte

func main() {}

func init() {
	debug.SetMaxStack(stackBytesMax)
	// Warnings of the libraries have no reader here, and writing them asks for the time.
	log.SetOutput(io.Discard)
	log.SetFlags(0)
	slog.SetDefault(slog.New(slog.DiscardHandler))
}

// alloc makes room for a request of so many bytes and forgets the previous call's.
//
//go:wasmexport alloc
func alloc(size int32) int32 {
	output = nil
	input = make([]byte, size)
	return address(input)
}

// call answers the request written into alloc's room and returns the answer's length; result says where it is.
//
//go:wasmexport call
func call() int32 {
	output = answer(input)
	input = nil
	return int32(len(output))
}

//go:wasmexport result
func result() int32 { return address(output) }

// collect clears up what calls have left, where it is worth it. The host calls it when nobody waits: between calls
// nothing runs here, and a collection that began in one would go on into the next, keeping all that they allocate.
//
//go:wasmexport collect
func collect() {
	allocated := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(allocated)
	now := allocated[0].Value.Uint64()
	if now-collectedAt < collectAfterBytes {
		return
	}
	input, output = nil, nil
	runtime.GC()
	collectedAt = now
}

// collectedAt is what had been allocated, all in all, at the last collection.
var collectedAt uint64

func address(bytes []byte) int32 { return int32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes)))) }

func answer(bytes []byte) []byte {
	askedForClock = false
	made, text, err := dispatch(bytes)
	if err != nil {
		return encode(header{TextBytes: -1, Error: asFailure(err)}, nil, nil)
	}
	head := header{DocumentBytes: make([]int, len(made.documents)), TextBytes: -1, AskedForClock: askedForClock}
	for i, document := range made.documents {
		head.DocumentBytes[i] = len(document)
	}
	if text == textNone {
		return encode(head, made.documents, nil)
	}
	head.TextBytes = len(made.text)
	return encode(head, made.documents, made.text)
}

func dispatch(bytes []byte) (made rendering, text string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = &failure{Kind: failedCrash, Message: fmt.Sprint(fault)}
		}
	}()
	var asked request
	if err := json.Unmarshal(bytes, &asked); err != nil {
		return rendering{}, textNone, &failure{Kind: failedCrash, Message: err.Error()}
	}
	heed(asked.Limits.MemoryBytes)
	switch {
	case asked.Tool == "helm" && asked.Helm != nil:
		made.text, err = renderHelm(asked.Helm, asked.Limits)
	case asked.Tool == "kustomize" && asked.Kustomize != nil:
		made.text, err = renderKustomize(asked.Kustomize, asked.Limits)
	case asked.Tool == "directory" && asked.Directory != nil:
		made, err = renderDirectory(asked.Directory, asked.Limits)
	case asked.Tool == "yaml" && asked.YAML != nil:
		made, err = readYAML(asked.YAML)
	default:
		err = &failure{Kind: failedCrash, Message: "no such tool: " + asked.Tool}
	}
	if err == nil && made.text != nil {
		made.documents, err = printed(made.text, asked)
	}
	return made, asked.Text, err
}

// heedsMemory is the limit that the collector knows of.
var heedsMemory int64

func heed(bytesMax int64) {
	if bytesMax <= 0 || bytesMax == heedsMemory {
		return
	}
	heedsMemory = bytesMax
	// What is not heap, stacks and the module's data, needs some of it too.
	debug.SetMemoryLimit(bytesMax / 10 * 9)
}

func asFailure(err error) *failure {
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	return &failure{Kind: failedTemplate, Message: err.Error()}
}

func encode(head header, documents [][]byte, text []byte) []byte {
	line, err := json.Marshal(head)
	if err != nil {
		line = []byte(`{"textBytes":-1,"error":{"kind":"crash","message":"unprintable answer"}}`)
		documents, text = nil, nil
	}
	size := len(line) + 1 + len(text)
	for _, document := range documents {
		size += len(document)
	}
	out := make([]byte, 0, size)
	out = append(append(out, line...), '\n')
	for _, document := range documents {
		out = append(out, document...)
	}
	return append(out, text...)
}
