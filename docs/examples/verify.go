package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// key of a secret. An empty one, or one that is no base64, would take a stranger's signature for ours.
func key(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a secret is whsec_ and base64 of 24 to 64 bytes")
	}
	return key, nil
}

// refused says why a request is refused, or "". Header names in lower case; the body's bytes as they came; the live secrets' texts, whsec_…
// It returns an error if a secret is unusable, or there is none.
func refused(texts []string, headers map[string]string, body []byte, now int64) (string, error) {
	if len(texts) == 0 {
		return "", errors.New("there is no secret")
	}
	var secrets []string
	var keys [][]byte
	for _, text := range texts {
		secret := strings.TrimSpace(text)
		key, err := key(secret)
		if err != nil {
			return "", err
		}
		secrets, keys = append(secrets, secret), append(keys, key)
	}
	good := false
	for name := range headers {
		if !strings.HasPrefix(name, "webhook-") {
			continue
		}
		id, sent := headers["webhook-id"], headers["webhook-timestamp"]
		if id == "" || sent == "" {
			return "bad signature", nil
		}
		seconds, err := strconv.ParseInt(sent, 10, 64)
		if err != nil || len(sent) > 12 {
			return "malformed", nil
		}
		if now-seconds > 300 || seconds-now > 300 {
			return "stale", nil
		}
		for _, key := range keys {
			expected := "v1," + base64.StdEncoding.EncodeToString(mac(key, []byte(id+"."+sent+"."), body))
			for _, given := range strings.SplitN(headers["webhook-signature"], " ", 32) {
				good = hmac.Equal([]byte(expected), []byte(given)) || good
			}
		}
		if good {
			return "", nil
		}
		return "bad signature", nil
	}
	given := strings.ToLower(strings.TrimPrefix(headers["x-webhook-signature"], "sha256="))
	for _, secret := range secrets {
		good = hmac.Equal([]byte(hex.EncodeToString(mac([]byte(secret), body))), []byte(given)) || good
	}
	if !good {
		return "bad signature", nil
	}
	// This header signs no time, so the event's own counts: EventBridge tries for 24 hours.
	var event struct{ Timestamp time.Time }
	if json.Unmarshal(body, &event) != nil || now-event.Timestamp.Unix() < -300 || now-event.Timestamp.Unix() >= 25*3600 {
		return "stale", nil
	}
	return "", nil
}

func main() {
	request, _ := io.ReadAll(os.Stdin)
	head, body, _ := bytes.Cut(request, []byte("\r\n\r\n"))
	headers := map[string]string{}
	for _, line := range strings.Split(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ": ")
		headers[strings.ToLower(name)] = value
	}
	why, err := refused(os.Args[1:], headers, body, time.Now().Unix())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if why != "" {
		fmt.Println(why)
	} else {
		fmt.Println("accepted")
	}
}
