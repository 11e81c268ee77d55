#!/bin/sh
# A CA, client certificates (two of them revoked), a second CA and a CRL, all of them OpenSSL's work, in the working
# directory: ca.pem ca2.pem ca.crl, {leaf,rsa,gone,other}.{pem,der,key,hex}.
set -eu
cat > ca.cnf <<'CNF'
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 7
policy = any
unique_subject = no
rand_serial = yes
crl_extensions = crl
[any]
commonName = supplied
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[crl]
authorityKeyIdentifier = keyid
CNF
: > index.txt
echo 1000 > crlnumber
authority() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -x509 -sha256 -key "$1.key" -subj "/CN=$2" -days 30 -out "$1.pem" \
    -addext keyUsage=critical,keyCertSign,cRLSign
}
client() {
  openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
  openssl ca -batch -notext -config ca.cnf -extensions client -in "$1.csr" -out "$1.pem"
  openssl x509 -in "$1.pem" -outform DER -out "$1.der"
  openssl x509 -in "$1.pem" -noout -serial | sed 's/.*=//' > "$1.hex"
}
authority ca 'OpenSSL CA'
authority ca2 'OpenSSL CA two'
for name in leaf gone other; do
  openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
  client "$name"
done
openssl genrsa -out rsa.key 2048
client rsa
openssl ca -batch -config ca.cnf -revoke gone.pem
openssl ca -batch -config ca.cnf -revoke other.pem
openssl ca -config ca.cnf -gencrl -out ca.crl
cp leaf.der cert.der
cp leaf.key key.pem
