"""Python cryptography (Rust): `crl FILE CA`, or `bundle FILE`; prints its own milliseconds and its answer."""
import json
import sys
import time
import zlib

from cryptography import x509

kind, file = sys.argv[1:3]
with open(file, "rb") as opened:
    data = opened.read()

if kind == "crl":
    with open(sys.argv[3], "rb") as opened:
        key = x509.load_pem_x509_certificate(opened.read()).public_key()
    start = time.perf_counter()
    crl = x509.load_der_x509_crl(data)
    valid = crl.is_signature_valid(key)
    wall = (time.perf_counter() - start) * 1000
    digest = 0
    for entry in crl:
        number = entry.serial_number
        text = number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")
        digest = zlib.crc32(text, zlib.crc32(bytes([len(text)]), digest))
    print(json.dumps({"wall": wall, "valid": valid, "count": len(crl), "digest": digest}))
else:
    start = time.perf_counter()
    certificates = x509.load_pem_x509_certificates(data)
    for one in certificates:
        one.verify_directly_issued_by(one)
    wall = (time.perf_counter() - start) * 1000
    print(json.dumps({"wall": wall, "count": len(certificates)}))
