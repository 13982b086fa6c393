"""Numbers, randomness and digests."""

from . import probe, raises


@probe("math")
def _():
    import math

    assert math.isclose(math.sin(math.pi / 6), 0.5) and math.gcd(12, 18) == 6 and math.comb(5, 2) == 10 and math.isqrt(17) == 4
    assert math.fsum([0.1] * 10) == 1.0 and math.hypot(3, 4) == 5.0 and math.log2(8) == 3.0 and math.dist((0, 0), (3, 4)) == 5.0
    assert math.frexp(8.0) == (0.5, 4) and math.nextafter(1.0, 2.0) > 1.0 and math.ulp(1.0) == 2**-52 and math.factorial(20) == 2432902008176640000
    raises(ValueError, math.sqrt, -1)
    raises(OverflowError, math.exp, 1000)


@probe("cmath")
def _():
    import cmath

    assert cmath.sqrt(-1) == 1j and cmath.polar(1j)[0] == 1.0 and cmath.isclose(cmath.exp(1j * cmath.pi), -1)


@probe("decimal")
def _():
    import decimal
    from decimal import Decimal

    assert Decimal("0.1") + Decimal("0.2") == Decimal("0.3") and str(Decimal("1.10") * 3) == "3.30"
    with decimal.localcontext() as context:
        context.prec = 30
        assert str(Decimal(1) / Decimal(7)) == "0.142857142857142857142857142857"
    assert Decimal("2.675").quantize(Decimal("0.01"), decimal.ROUND_HALF_UP) == Decimal("2.68") and f"{Decimal('1234.5'):,.2f}" == "1,234.50"
    assert Decimal("1E+3").to_integral_value() == 1000 and Decimal(0.5).as_integer_ratio() == (1, 2) and Decimal(2).sqrt() < Decimal("1.4143")
    raises(decimal.DivisionByZero, lambda: Decimal(1) / 0)


@probe("fractions")
def _():
    from fractions import Fraction

    assert Fraction("0.75") + Fraction(1, 4) == 1 and Fraction(0.1).limit_denominator(100) == Fraction(1, 10) and str(Fraction(6, 4)) == "3/2"


@probe("numbers")
def _():
    import numbers

    assert isinstance(1, numbers.Integral) and isinstance(1.0, numbers.Real) and not isinstance("1", numbers.Number)


@probe("random")
def _():
    import random

    generator = random.Random(7)
    assert generator.random() == 0.32383276483316237 and generator.randint(1, 1000) == 155
    generator = random.Random("seed")
    state = generator.getstate()
    first = [generator.gauss(0, 1), generator.uniform(1, 2), generator.sample(range(100), 3), generator.choices("ab", k=3), generator.randbytes(3)]
    generator.setstate(state)
    again = [generator.gauss(0, 1), generator.uniform(1, 2), generator.sample(range(100), 3), generator.choices("ab", k=3), generator.randbytes(3)]
    assert first == again and random.SystemRandom().random() < 1
    values = list(range(5))
    random.Random(1).shuffle(values)
    assert values == [2, 3, 4, 0, 1]


@probe("secrets")
def _():
    import secrets

    assert len(secrets.token_hex(8)) == 16 and len(secrets.token_bytes()) == 32 and secrets.compare_digest(b"a", b"a") and secrets.randbelow(3) < 3
    assert secrets.choice("a") == "a" and secrets.token_urlsafe(3) != secrets.token_urlsafe(30)


@probe("hashlib")
def _():
    import hashlib, io

    starts = {
        "md5": "900150983cd24fb0", "sha1": "a9993e364706816a", "sha224": "23097d223405d822", "sha256": "ba7816bf8f01cfea",
        "sha384": "cb00753f45a35e8b", "sha512": "ddaf35a193617aba", "sha3_224": "e642824c3f8cf24a", "sha3_256": "3a985da74fe225b2",
        "sha3_384": "ec01498288516fc9", "sha3_512": "b751850b1a57168a", "blake2b": "ba80a53f981c4d0d", "blake2s": "508c5e8c327c14e2",
    }
    for name, start in starts.items():
        assert hashlib.new(name, b"abc").hexdigest().startswith(start) and getattr(hashlib, name)(b"abc").name == name, name
    assert hashlib.shake_128(b"abc").hexdigest(8) == "5881092dd818bf5c" and hashlib.shake_256(b"abc").hexdigest(4) == "48336660"
    assert {*starts, "shake_128", "shake_256"} <= hashlib.algorithms_guaranteed <= hashlib.algorithms_available
    assert hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 2).hex().startswith("ae4d0c95af6b46d3")
    assert hashlib.blake2b(b"abc", digest_size=8, key=b"k", salt=b"s", person=b"p").hexdigest() == "59713f77d940b04c"
    copied = hashlib.sha256(b"a")
    other = copied.copy()
    other.update(b"bc")
    assert other.digest() == hashlib.sha256(b"abc").digest() != copied.digest() and (other.block_size, other.digest_size) == (64, 32)
    assert hashlib.file_digest(io.BytesIO(b"abc"), "sha256").digest() == other.digest()
    assert hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1, dklen=64).hex().startswith("77d6576238657b203b19ca42c18a0497")
    raises(ValueError, hashlib.new, "no-such-digest")


@probe("hmac")
def _():
    import hashlib, hmac

    mac = hmac.new(b"key", b"message", hashlib.sha256)
    assert mac.hexdigest() == "6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a" and mac.name == "hmac-sha256"
    assert hmac.digest(b"key", b"message", "sha1").hex() == "2088df74d5f2146b48146caf4965377e9d0be3a4" and hmac.compare_digest("a", "a")


@probe("uuid")
def _():
    import uuid

    assert str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org")) == "aad03681-8b63-5304-89e0-8ca8f49461b5" and uuid.uuid4().version == 4
    assert uuid.UUID("{12345678123456781234567812345678}").urn == "urn:uuid:12345678-1234-5678-1234-567812345678"
    assert uuid.uuid1().version == 1 and uuid.uuid3(uuid.NAMESPACE_URL, "a").version == 3 and 0 <= uuid.getnode() < 2**48


@probe("colorsys")
def _():
    import colorsys

    assert colorsys.rgb_to_hsv(1, 0, 0) == (0.0, 1.0, 1)
