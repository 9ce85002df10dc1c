"""The server's own certificate authority: who may connect, and how either side knows the other.

ECDSA P-256, because every TLS library has it. Certificates are backdated by two days, so that a box whose
clock is off by one still connects; boxes' own are short-lived and renewed.

Source: design.md section 4, Sync; RFC 5280; CJIS Security Policy IA-3, SC-8, SC-12.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from alpr_core.errors import InputError
from alpr_core.sync.tls import key_pem

BACKDATED = timedelta(days=2)
AUTHORITY_LIFE = timedelta(days=3650)
SERVER_LIFE = timedelta(days=90)
BOX_LIFE = timedelta(days=30)
"""A car that was away for longer is enrolled again."""


@dataclass(frozen=True, slots=True)
class KeyAndCertificate:
    """A private key with its certificate, both as PEM."""

    certificate_pem: str
    key_pem: str = field(repr=False)


def make_authority(organisation: str, now: datetime) -> KeyAndCertificate:
    """Return a new authority for one agency's server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{organisation[:40]} ALPR authority")
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    return KeyAndCertificate(_pem(certificate), key_pem(key))


def issue_server(
    authority: KeyAndCertificate, names: Sequence[str], now: datetime
) -> KeyAndCertificate:
    """Return a certificate for a server that is reached under these host names or addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, issuer_key = _opened(authority)
    certificate = (
        _builder(_name("ALPR central server"), issuer.subject, key.public_key(), now, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        .sign(issuer_key, SHA256())
    )
    return KeyAndCertificate(_pem(certificate), key_pem(key))


def issue_box(
    authority: KeyAndCertificate,
    request_pem: str,
    box_id: int,
    now: datetime,
    life: timedelta = BOX_LIFE,
) -> tuple[str, str]:
    """Return a box's certificate as PEM, and its serial number in hexadecimal.

    Raises:
        InputError: the request is none, or is not signed by the key that it names.
    """
    try:
        request = x509.load_pem_x509_csr(request_pem.encode())
        public_key = request.public_key()
        is_right = request.is_signature_valid and isinstance(public_key, ec.EllipticCurvePublicKey)
    except (ValueError, InvalidSignature) as fault:
        raise _no_request() from fault
    if not is_right or not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise _no_request()
    issuer, issuer_key = _opened(authority)
    certificate = (
        _builder(_name(box_common_name(box_id)), issuer.subject, public_key, now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(issuer_key, SHA256())
    )
    return _pem(certificate), f"{certificate.serial_number:x}"


def box_common_name(box_id: int) -> str:
    """Return the name in a box's certificate."""
    return f"box-{box_id}"


def box_id_of(certificate_der: bytes) -> tuple[int, str] | None:
    """Return box and serial number of a certificate that TLS has verified; None if it is no box's."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    written = str(names[0].value) if names else ""
    number = written.removeprefix("box-")
    if not written.startswith("box-") or not number.isascii() or not number.isdecimal():
        return None
    return int(number), f"{certificate.serial_number:x}"


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _opened(authority: KeyAndCertificate) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = load_pem_private_key(authority.key_pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise RuntimeError("the authority's key is of another kind")
    return x509.load_pem_x509_certificate(authority.certificate_pem.encode()), key


def _no_request() -> InputError:
    return InputError("It is no request for a certificate.", "Enrol the box again.")
