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
	"regexp"
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
	text := strings.TrimPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(key) != text || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("a secret is whsec_ and base64 of 24 to 64 bytes")
	}
	return key, nil
}

var (
	digits  = regexp.MustCompile(`^[0-9]{1,12}$`)
	rfc3339 = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):([0-5]\d|60)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$`)
)

// eventSeconds is the event's own time, if it has one. RFC 3339 allows small letters and a leap second.
func eventSeconds(body []byte) (int64, bool) {
	// Not a struct: its fields would take "Timestamp" as well.
	var event map[string]any
	if json.Unmarshal(body, &event) != nil {
		return 0, false
	}
	text, _ := event["timestamp"].(string)
	parts := rfc3339.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	minute, err := time.Parse(time.RFC3339, parts[1]+"T"+parts[2]+":00"+strings.ToUpper(parts[4]))
	second, _ := strconv.ParseInt(parts[3], 10, 64)
	return minute.Unix() + second, err == nil
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
		if !digits.MatchString(sent) {
			return "malformed", nil
		}
		seconds, _ := strconv.ParseInt(sent, 10, 64)
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
	sent, ok := eventSeconds(body)
	if !ok {
		return "malformed", nil
	}
	if now-sent < -300 || now-sent >= 25*3600 {
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
