// Package assertion verifies the gateway's assertions with the standard library.
package assertion

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// User is what an assertion says.
type User struct {
	Issuer   string              `json:"iss"`
	Audience string              `json:"aud"`
	ID       string              `json:"sub"`
	Session  string              `json:"sid"`
	Email    string              `json:"email"`
	Roles    []string            `json:"roles"`
	IDP      string              `json:"idp"`
	AuthTime int64               `json:"auth_time"`
	Expires  int64               `json:"exp"`
	Claims   map[string][]string `json:"claims"`
}

// Verifier knows whose assertions count, and for whom they must be.
type Verifier struct {
	// Issuer is "https://" and the gateway's domain; Audience is assertion.audience of its config.
	Issuer, Audience string
	// Keys returns the text of the secret edgegate/<name>/assertion. Let it remember the text for some minutes.
	Keys func() (string, error)
}

// leeway is how far two clocks may differ.
const leeway = 5 * time.Second

var errRefused = errors.New("no valid assertion")

// Verify returns what a valid assertion says.
func (v Verifier) Verify(text string) (*User, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, errRefused
	}
	var header struct{ Alg, Kid string }
	// The only algorithm: a token must not choose how it is verified.
	if err := decode(parts[0], &header); err != nil || header.Alg != "HS256" {
		return nil, errRefused
	}
	key, err := v.key(header.Kid)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, mac.Sum(nil)) {
		return nil, errRefused
	}
	user := &User{}
	if err := decode(parts[1], user); err != nil {
		return nil, errRefused
	}
	expired := !time.Now().Before(time.Unix(user.Expires, 0).Add(leeway))
	if expired || user.Issuer != v.Issuer || user.Audience != v.Audience || user.ID == "" {
		return nil, errRefused
	}
	return user, nil
}

// Only lets requests with a valid assertion pass; UserOf returns what it says.
func (v Verifier) Only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := v.Verify(r.Header.Get("X-Gate-Assertion"))
		if err != nil {
			http.Error(w, "This server answers only through the gateway.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
	})
}

type userKey struct{}

// UserOf returns who sent a request that Only let pass.
func UserOf(r *http.Request) *User {
	user, _ := r.Context().Value(userKey{}).(*User)
	return user
}

func (v Verifier) key(kid string) ([]byte, error) {
	text, err := v.Keys()
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []struct{ Kty, Kid, K string }
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return nil, err
	}
	for _, key := range set.Keys {
		if key.Kty == "oct" && key.Kid == kid && key.K != "" {
			return base64.RawURLEncoding.DecodeString(key.K)
		}
	}
	return nil, errRefused
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
