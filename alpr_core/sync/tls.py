"""TLS 1.3 of both sides, and the keys for it. Nothing is opened or sent here.

Source: design.md section 4, Sync; CJIS Security Policy SC-8, SC-13.
"""

from __future__ import annotations

import os
import ssl
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """Return a new private key for TLS."""
    return ec.generate_private_key(ec.SECP256R1())


def make_request(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a box's request for a certificate; the authority decides on the name."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "box")])
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM).decode("ascii")


def key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a private key as PEM."""
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written.decode("ascii")


def expires_at(certificate_pem: str) -> datetime:
    """Return until when a certificate holds, aware UTC."""
    return x509.load_pem_x509_certificate(certificate_pem.encode()).not_valid_after_utc


def first_certificate(pem: str) -> str:
    """Return the first certificate of a text as PEM and nothing that follows it, which TLS would trust as well.

    Raises:
        ValueError: it begins with none.
    """
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def fingerprint(certificate_pem: str) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    return certificate.fingerprint(SHA256()).hex()


def certificate_fault(authority_pem: str, certificate_pem: str, now: datetime) -> str | None:
    """Return why a server of this authority will not take the certificate; None if nothing speaks against it."""
    certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    try:
        certificate.verify_directly_issued_by(
            x509.load_pem_x509_certificate(authority_pem.encode())
        )
    except (InvalidSignature, ValueError, TypeError):
        return "This box's certificate is not of the server's authority."
    if now >= certificate.not_valid_after_utc:
        return "This box's certificate has expired."
    return None


def client_context(authority_pem: str, certificate_pem: str, key_pem: str) -> ssl.SSLContext:
    """Return TLS 1.3 that trusts this authority alone, and shows our certificate if there is one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority_pem)
    if certificate_pem:
        load_key(context, certificate_pem, key_pem)
    return context


def server_context(certificate_pem: str, key_pem: str, authority_pem: str) -> ssl.SSLContext:
    """Return TLS 1.3 with our certificate; boxes' certificates are verified if shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    load_key(context, certificate_pem, key_pem)
    context.load_verify_locations(cadata=authority_pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def load_key(context: ssl.SSLContext, certificate_pem: str, key_pem: str) -> None:
    """Give a context its key; Python takes it from a file only, so the file lies in memory."""
    descriptor = os.memfd_create("tls", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, (certificate_pem + key_pem).encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
