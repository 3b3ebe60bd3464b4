// Package tokens keeps the access tokens of one app client. Standard library only; one client for each process.
package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"
)

// Credentials are what the secret holds.
type Credentials struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// Client keeps tokens. ReadCredentials reads the secret.
type Client struct {
	TokenEndpoint   string
	ReadCredentials func() (Credentials, error)

	mutex       sync.Mutex
	credentials *Credentials
	entries     map[string]*entry
}

type entry struct {
	mutex             sync.Mutex
	token             string
	renewAt, expireAt time.Time
}

// ErrRefused is not worth another request.
var ErrRefused = errors.New("token refused")

// Get returns a token for scopes and metadata.
func (c *Client) Get(scopes []string, metadata map[string]string) (string, error) {
	e := c.entryOf(scopes, metadata)
	e.mutex.Lock() // One request at a time for each key.
	defer e.mutex.Unlock()
	now := time.Now()
	if now.Before(e.renewAt) {
		return e.token, nil
	}
	token, life, err := c.request(scopes, metadata, false)
	if err != nil {
		// The old token serves while the endpoint is down.
		if now.Before(e.expireAt) && !errors.Is(err, ErrRefused) {
			return e.token, nil
		}
		return "", err
	}
	e.token, e.renewAt, e.expireAt = token, now.Add(life*3/4), now.Add(life-5*time.Second)
	return token, nil
}

func (c *Client) entryOf(scopes []string, metadata map[string]string) *entry {
	sorted := append([]string{}, scopes...)
	sort.Strings(sorted)
	// Metadata is part of the key: a tenant never receives the token of another one. Keys of a map are written sorted.
	key, _ := json.Marshal([]any{sorted, metadata})
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.entries == nil {
		c.entries = map[string]*entry{}
	}
	if c.entries[string(key)] == nil {
		c.entries[string(key)] = &entry{}
	}
	return c.entries[string(key)]
}

func (c *Client) request(scopes []string, metadata map[string]string, isSecond bool) (string, time.Duration, error) {
	credentials, err := c.readOnce(isSecond)
	if err != nil {
		return "", 0, err
	}
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {credentials.ClientID},
		"client_secret": {credentials.ClientSecret},
	}
	if len(scopes) > 0 {
		form.Set("scope", strings.Join(scopes, " "))
	}
	if len(metadata) > 0 {
		text, _ := json.Marshal(metadata)
		form.Set("aws_client_metadata", string(text))
	}
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.PostForm(c.TokenEndpoint, form)
	if err != nil {
		return "", 0, err
	}
	defer response.Body.Close()
	if response.StatusCode >= 500 || response.StatusCode == 429 {
		return "", 0, fmt.Errorf("status %d", response.StatusCode)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		Error       string `json:"error"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", 0, err
	}
	// The secret was rotated: it is read again, once.
	if answer.Error == "invalid_client" && !isSecond {
		return c.request(scopes, metadata, true)
	}
	if answer.Error != "" {
		return "", 0, fmt.Errorf("%w: %s", ErrRefused, answer.Error)
	}
	return answer.AccessToken, time.Duration(answer.ExpiresIn) * time.Second, nil
}

func (c *Client) readOnce(isAgain bool) (Credentials, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.credentials == nil || isAgain {
		read, err := c.ReadCredentials()
		if err != nil {
			return Credentials{}, err
		}
		c.credentials = &read
	}
	return *c.credentials, nil
}
