// Does the same steps as the other drivers, and writes one line of JSON for each.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"sync"

	"recipes/tokens"
)

func tell(texts ...string) {
	line, _ := json.Marshal(texts)
	os.Stdout.Write(append(line, '\n'))
}

func main() {
	client := tokens.Client{
		TokenEndpoint: os.Args[1],
		ReadCredentials: func() (read tokens.Credentials, err error) {
			text, err := os.ReadFile(os.Args[2])
			if err == nil {
				err = json.Unmarshal(text, &read)
			}
			return read, err
		},
	}
	get := func(tenant string) (string, error) {
		return client.Get([]string{"orders/read"}, map[string]string{"tenant": tenant})
	}
	show := func(tenant string) {
		token, err := get(tenant)
		if errors.Is(err, tokens.ErrRefused) {
			tell("refused", err.Error())
			return
		}
		if err != nil {
			panic(err)
		}
		tell(token)
	}

	var group sync.WaitGroup
	var all sync.Map
	for caller := 0; caller < 20; caller++ {
		group.Add(1)
		go func() {
			defer group.Done()
			token, _ := get("t-1")
			all.Store(token, true)
		}()
	}
	group.Wait()
	found := []string{}
	all.Range(func(token, _ any) bool {
		found = append(found, token.(string))
		return true
	})
	tell(found...)
	show("t-2")
	bufio.NewReader(os.Stdin).ReadString('\n')
	show("t-3")
	show("t-1")
	show("other")
}
