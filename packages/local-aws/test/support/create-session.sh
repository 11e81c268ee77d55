#!/bin/sh
# CreateSession made of openssl and curl. Environment: URL REGION ALG SERIAL ANCHOR PROFILE ROLE; cert.der and
# key.pem in the working directory.
set -eu
encode() { printf %s "$1" | sed 's/:/%3A/g; s,/,%2F,g'; }
digest() { openssl dgst -sha256 -r | cut -d' ' -f1; }

cert=$(base64 -w0 < cert.der)
date=$(date -u +%Y%m%dT%H%M%SZ)
scope="${date%T*}/$REGION/rolesanywhere/aws4_request"
query="profileArn=$(encode "$PROFILE")&roleArn=$(encode "$ROLE")&trustAnchorArn=$(encode "$ANCHOR")"
signed='host;x-amz-date;x-amz-x509'
request=$(printf 'POST\n/sessions\n%s\nhost:%s\nx-amz-date:%s\nx-amz-x509:%s\n\n%s\n%s' \
  "$query" "${URL#http://}" "$date" "$cert" "$signed" "$(printf '{}' | digest)" | digest)
signature=$(printf '%s\n%s\n%s\n%s' "$ALG" "$date" "$scope" "$request" |
  openssl dgst -sha256 -sign key.pem -hex | sed 's/.*= //')

curl --silent --show-error --request POST --data '{}' \
  --header 'content-type: application/json' \
  --header "x-amz-date: $date" \
  --header "x-amz-x509: $cert" \
  --header "authorization: $ALG Credential=$SERIAL/$scope, SignedHeaders=$signed, Signature=$signature" \
  "$URL/sessions?$query"
