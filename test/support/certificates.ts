import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate with its key, both PEM. */
export interface TestCertificate {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Who signs; itself where absent. */
  readonly issuer?: TestCertificate;
  readonly isAuthority?: boolean;
  /** Whole days from now, default -1 and 1. */
  readonly validFromDays?: number;
  readonly validToDays?: number;
  /** IPv4 addresses it is for. */
  readonly addresses?: readonly string[];
}

/** Makes an X.509 certificate: Node can read them but not write them, and tests need bad ones too. */
export function createCertificate(name: string, options: CertificateOptions = {}): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { issuer, isAuthority = false, validFromDays = -1, validToDays = 1, addresses = [] } = options;
  const tbs = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(utcTime(validFromDays), utcTime(validToDays)),
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions(isAuthority, addresses))),
  );
  const signer: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const der = sequence(tbs, ECDSA_SHA256, tagged(0x03, Buffer.concat([ZERO, sign("sha256", tbs, signer)])));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const ZERO = Buffer.from([0]);

/** DER: tag, length, content. */
function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 + number, content);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

/** Object identifiers in their encoded form. */
const ECDSA_SHA256 = sequence(tagged(0x06, Buffer.from("2a8648ce3d040302", "hex")));
const COMMON_NAME = tagged(0x06, Buffer.from("550403", "hex"));
const BASIC_CONSTRAINTS = tagged(0x06, Buffer.from("551d13", "hex"));
const SUBJECT_ALT_NAME = tagged(0x06, Buffer.from("551d11", "hex"));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function nameOf(name: string): Buffer {
  return sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));
}

function utcTime(days: number): Buffer {
  const text = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, "");
  return tagged(0x17, Buffer.from(text.slice(2)));
}

function extensions(isAuthority: boolean, addresses: readonly string[]): readonly Buffer[] {
  const constraints = sequence(
    BASIC_CONSTRAINTS,
    TRUE,
    tagged(0x04, sequence(...(isAuthority ? [TRUE] : []))),
  );
  if (addresses.length === 0) return [constraints];
  const names = addresses.map((address) => tagged(0x87, Buffer.from(address.split(".").map(Number))));
  return [constraints, sequence(SUBJECT_ALT_NAME, tagged(0x04, sequence(...names)))];
}
