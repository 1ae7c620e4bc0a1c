// Package rest stands in for client-go's: Helm's engine names the type, and no template here ever reaches a cluster.
package rest

// Config is a connection that cannot be made.
type Config struct{}
