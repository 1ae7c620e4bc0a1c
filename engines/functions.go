package main

import (
	cryptorand "crypto/rand"
	"math/rand/v2"
	"reflect"
	"time"
	// Zones by name, as on a machine that has them.
	_ "time/tzdata"

	"github.com/Masterminds/sprig/v3"
)

// askedForClock is whether a template of the present call asked what time it is. The host cannot tell: Go's collector
// reads the same clock.
var askedForClock bool

// watchedFunctions replaces template functions that ask for the time by ones that note it first, and those that draw
// from the runtime's own generator by ones that draw from the host's stream: it can repeat that, and sees it used.
var watchedFunctions = func() map[string]any {
	functions := map[string]any{
		"randInt": func(min, max int) int { return generator().IntN(max-min) + min },
		"shuffle": func(text string) string {
			letters := []rune(text)
			generator().Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
			return string(letters)
		},
	}
	all := sprig.TxtFuncMap()
	for name, asks := range asksForClock {
		functions[name] = noting(all[name], asks)
	}
	functions["now"] = func() time.Time {
		askedForClock = true
		// Without the monotonic reading, which is never the same and is printed where a template prints the time as it is.
		return time.Now().Round(0)
	}
	return functions
}()

// asksForClock holds the functions that may ask for the time, and whether a call of each does.
var asksForClock = map[string]func(arguments []reflect.Value) bool{
	"ago":                      always,
	"genCA":                    always,
	"genCAWithKey":             always,
	"genSelfSignedCert":        always,
	"genSelfSignedCertWithKey": always,
	"genSignedCert":            always,
	"genSignedCertWithKey":     always,
	"date":                     unlessTime(1),
	"date_in_zone":             unlessTime(1),
	"dateInZone":               unlessTime(1),
	"htmlDate":                 unlessTime(0),
	"htmlDateInZone":           unlessTime(0),
	"durationRound":            ifTime(0),
}

func always([]reflect.Value) bool { return true }

// unlessTime is for functions that take the present where they are given no time: a time, or seconds.
func unlessTime(position int) func([]reflect.Value) bool {
	return func(arguments []reflect.Value) bool {
		switch arguments[position].Interface().(type) {
		case time.Time, *time.Time, int64, int32, int:
			return false
		}
		return true
	}
}

func ifTime(position int) func([]reflect.Value) bool {
	return func(arguments []reflect.Value) bool {
		_, isTime := arguments[position].Interface().(time.Time)
		return isTime
	}
}

func noting(function any, asks func([]reflect.Value) bool) any {
	original := reflect.ValueOf(function)
	return reflect.MakeFunc(original.Type(), func(arguments []reflect.Value) []reflect.Value {
		if asks(arguments) {
			askedForClock = true
		}
		if original.Type().IsVariadic() {
			return original.CallSlice(arguments)
		}
		return original.Call(arguments)
	}).Interface()
}

func generator() *rand.Rand {
	var seed [32]byte
	// Never fails, by its own contract.
	_, _ = cryptorand.Read(seed[:])
	return rand.New(rand.NewChaCha8(seed))
}
