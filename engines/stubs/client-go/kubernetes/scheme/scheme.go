// Package scheme stands in for client-go's. It knows no kinds: helm.go lists the API versions that Helm would find.
package scheme

import "k8s.io/apimachinery/pkg/runtime"

// Scheme is empty.
var Scheme = runtime.NewScheme()
