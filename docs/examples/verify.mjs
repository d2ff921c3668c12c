import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const same = (a, b) => Buffer.byteLength(a) === Buffer.byteLength(b) && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** An empty key, or one that is no base64 (which Node reads all the same), would take a stranger's signature for ours. */
function key(secret) {
  const text = secret.replace(/^whsec_/, ""), decoded = Buffer.from(text, "base64");
  if (decoded.toString("base64") !== text || decoded.length < 24 || decoded.length > 64) {
    throw new Error("a secret is whsec_ and base64 of 24 to 64 bytes");
  }
  return decoded;
}

/** The event's own time in seconds, or null. RFC 3339 allows small letters and a leap second. */
function seconds(body) {
  let event = null;
  try {
    event = JSON.parse(body.toString());
  } catch {
    return null;
  }
  const text = typeof event?.timestamp === "string" ? event.timestamp : "";
  const time = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):([0-5]\d|60)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  // Date.parse takes the 30th of February for the 2nd of March.
  const day = time && Date.parse(`${time[1]}T00:00:00Z`);
  if (!Number.isFinite(day) || !new Date(day).toISOString().startsWith(time[1])) return null;
  const minute = Date.parse(`${time[1]}T${time[2]}:00${time[4].toUpperCase()}`);
  return Number.isFinite(minute) ? minute / 1000 + Number(time[3]) : null;
}

/** Why a request is refused, or null. Header names in lower case; body: a Buffer of the bytes as they came; the live secrets' texts, whsec_… */
export function refused(texts, headers, body, now) {
  const secrets = texts.map((text) => text.trim()), keys = secrets.map(key);
  if (keys.length === 0) throw new Error("there is no secret");
  let good = false;
  if (Object.keys(headers).some((name) => name.startsWith("webhook-"))) {
    const id = headers["webhook-id"] ?? "", sent = headers["webhook-timestamp"] ?? "";
    if (!id || !sent) return "bad signature";
    if (!/^[0-9]{1,12}$/.test(sent)) return "malformed";
    if (Math.abs(now - Number(sent)) > 300) return "stale";
    for (const each of keys) {
      const expected = "v1," + createHmac("sha256", each).update(`${id}.${sent}.`).update(body).digest("base64");
      for (const given of (headers["webhook-signature"] ?? "").split(" ").slice(0, 32)) good = same(expected, given) || good;
    }
    return good ? null : "bad signature";
  }
  const given = (headers["x-webhook-signature"] ?? "").replace(/^sha256=/, "").toLowerCase();
  for (const secret of secrets) good = same(createHmac("sha256", secret).update(body).digest("hex"), given) || good;
  if (!good) return "bad signature";
  // This header signs no time, so the event's own counts: EventBridge tries for 24 hours.
  const sent = seconds(body), age = now - sent;
  if (sent === null) return "malformed";
  return age >= -300 && age < 25 * 3600 ? null : "stale";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const request = readFileSync(0), end = request.indexOf("\r\n\r\n");
  const lines = request.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(": ")).toLowerCase(), line.slice(line.indexOf(": ") + 2)]));
  const why = refused(process.argv.slice(2), headers, request.subarray(end + 4), Math.floor(Date.now() / 1000));
  console.log(why ?? "accepted");
}
