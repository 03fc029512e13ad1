import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.ts';

/** PEM texts. Private keys exist only in memory; the CA's is dropped once the server's certificate is signed. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 3600 * 1000;
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/**
 * A certification authority of one run, and a server certificate for localhost, 127.0.0.1 and ::1 (RFC 5280 profile,
 * ECDSA P-256, valid 30 days). Made here rather than by a package: Node can sign but not issue, and this is all it lacks.
 */
export function createCertificates(): Certificates {
  const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const caName = 'Azure sandbox CA';
  const caKeyId = keyIdentifier(ca.publicKey);
  const issuer = { name: caName, key: ca.privateKey };
  return {
    ca: certificate(issuer, caName, ca.publicKey, [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.from([0]))), true), // basicConstraints: CA, pathlen 0
      extension('2.5.29.15', bitString(Buffer.from([0b0000_0110]), 1), true), // keyUsage: keyCertSign, cRLSign
      extension('2.5.29.14', octetString(caKeyId)),
    ]),
    certificate: certificate(issuer, 'localhost', leaf.publicKey, [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bitString(Buffer.from([0b1000_0000]), 7), true), // keyUsage: digitalSignature
      extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // extendedKeyUsage: serverAuth
      extension(
        '2.5.29.17', // subjectAltName
        sequence(
          context(2, false, Buffer.from('localhost')),
          context(7, false, Buffer.from([127, 0, 0, 1])),
          context(7, false, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
        ),
      ),
      extension('2.5.29.14', octetString(keyIdentifier(leaf.publicKey))),
      extension('2.5.29.35', sequence(context(0, false, caKeyId))), // authorityKeyIdentifier
    ]),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function certificate(
  issuer: { name: string; key: KeyObject },
  subject: string,
  publicKey: KeyObject,
  extensions: Buffer[],
): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const body = sequence(
    context(0, true, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ecdsaWithSha256,
    commonName(issuer.name),
    // A day back, so that a client whose clock is behind accepts it.
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + 30 * day)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    context(3, true, sequence(...extensions)),
  );
  const bytes = sequence(body, ecdsaWithSha256, bitString(sign('sha256', body, issuer.key)));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}
