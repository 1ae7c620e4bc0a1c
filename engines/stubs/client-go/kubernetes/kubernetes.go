// Package kubernetes stands in for client-go's and holds nothing.
package kubernetes
